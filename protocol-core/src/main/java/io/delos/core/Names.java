package io.delos.core;

/** Property names with a meaning (section 11). */
final class Names {
    static final String ROUTING_TYPE = "_AMQ_ROUTING_TYPE";
    /** The ids of the queues a message is to go to, eight bytes each; names that only begin like this mean something between brokers. */
    static final String ROUTE_TO = "_AMQ_ROUTE_TO";
    static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    static final String SCHEDULED = "_AMQ_SCHED_DELIVERY";
    static final String GROUP_ID = "_AMQ_GROUP_ID";
    static final String GROUP_SEQUENCE = "_AMQ_GROUP_SEQUENCE";
    static final String CONTENT_TYPE = "_AMQ_CONTENT_TYPE";
    static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";
    static final String LARGE_COMPRESSED = "_AMQ_LARGE_COMPRESSED";
    static final String LARGE_SIZE = "_AMQ_LARGE_SIZE";
    static final String NATIVE_MESSAGE_ID = "NATIVE_MESSAGE_ID";
    static final String REPLY_TO = "JMSReplyTo";
    static final String CORRELATION_ID = "JMSCorrelationID";
    static final String TYPE = "JMSType";
    static final String FORCED_DELIVERY = "_hornetq.forced.delivery.seq";

    private Names() {
    }
}
