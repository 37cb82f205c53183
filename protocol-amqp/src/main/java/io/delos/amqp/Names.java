package io.delos.amqp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Names of annotations and properties with a meaning to the broker (AMQP document, sections 5 and 9; interop document, section 3). */
final class Names {

    static final String ROUTING_TYPE = "x-opt-routing-type";
    static final String JMS_DESTINATION = "x-opt-jms-dest";
    static final String JMS_REPLY_TO = "x-opt-jms-reply-to";
    static final String JMS_MESSAGE_TYPE = "x-opt-jms-msg-type";
    static final String DELIVERY_TIME = "x-opt-delivery-time";
    static final String DELIVERY_DELAY = "x-opt-delivery-delay";
    static final String INGRESS_TIME = "x-opt-ingress-time";
    static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    /** The connection's container id: kept as a delivery annotation, which never leaves the broker. */
    static final String CLIENT_ID = "__AMQ_CID";
    static final String SERIALIZED = "application/x-java-serialized-object";

    private static final String BROKER_PREFIX = "_AMQ_";
    private static final String ANNOTATION_PREFIX = "x-opt-";

    private Names() { }

    /**
     * The annotation that holds the broker property {@code name} ({@code _AMQ_ORIG_ADDRESS}: {@code x-opt-ORIG-ADDRESS}), or that is named in it
     * ({@code JMS_AMQP_MA_x-mine}: {@code x-mine}); empty for another name.
     */
    static Optional<String> annotationOf(String name) {
        if (name.startsWith(Marks.ANNOTATION)) {
            return Optional.of(name.substring(Marks.ANNOTATION.length()));
        }
        return name.startsWith(BROKER_PREFIX)
                ? Optional.of(ANNOTATION_PREFIX + name.substring(BROKER_PREFIX.length()).replace('_', '-')) : Optional.empty();
    }

    /** The broker property that an annotation written by {@link #annotationOf} holds. */
    static String propertyOf(String annotation) {
        return BROKER_PREFIX + annotation.substring(ANNOTATION_PREFIX.length()).replace('-', '_');
    }

    static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
