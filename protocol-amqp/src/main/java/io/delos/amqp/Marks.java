package io.delos.amqp;

/** Properties under which a translated AMQP message keeps what other dialects have no place for (interop document, sections 1 to 3). */
final class Marks {

    static final String HEADER = "JMS_AMQP_HEADER";
    static final String HEADER_DURABLE = "JMS_AMQP_HEADERDURABLE";
    static final String HEADER_PRIORITY = "JMS_AMQP_HEADERPRIORITY";
    static final String FIRST_ACQUIRER = "JMS_AMQP_FirstAcquirer";
    static final String CONTENT_TYPE = "JMS_AMQP_ContentType";
    static final String CONTENT_ENCODING = "JMS_AMQP_ContentEncoding";
    static final String REPLY_TO_GROUP_ID = "JMS_AMQP_ReplyToGroupID";
    static final String ANNOTATION = "JMS_AMQP_MA_";
    static final String ENCODED_ANNOTATION = "JMS_AMQP_ENCODED_MA_";
    static final String FOOTER = "JMS_AMQP_FT_";
    static final String ENCODED_FOOTER = "JMS_AMQP_ENCODED_FT_";
    static final String ORIGINAL_ENCODING = "JMS_AMQP_ORIGINAL_ENCODING";
    static final String NATIVE_MESSAGE_ID = "NATIVE_MESSAGE_ID";
    static final String INGRESS_TIMESTAMP = "_AMQ_INGRESS_TIMESTAMP";

    /** Values of {@link #ORIGINAL_ENCODING}. */
    static final byte NO_BODY = 1;
    static final byte DATA = 2;
    static final byte SEQUENCE = 3;
    static final byte VALUE_NULL = 4;
    static final byte VALUE_STRING = 5;
    static final byte VALUE_BINARY = 6;
    static final byte VALUE_MAP = 7;
    static final byte VALUE_LIST = 8;

    private Marks() { }
}
