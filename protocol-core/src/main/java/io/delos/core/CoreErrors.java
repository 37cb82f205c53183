package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.core.AnswerPacket.Failed;
import java.util.Optional;
import java.util.OptionalLong;

/** The protocol's error codes (section 5.4), and which of them says what the broker means. */
final class CoreErrors {
    static final int INTERNAL = 0;
    static final int QUEUE_DOES_NOT_EXIST = 100;
    static final int QUEUE_EXISTS = 101;
    static final int INVALID_FILTER = 103;
    static final int ILLEGAL_STATE = 104;
    static final int SECURITY = 105;
    static final int ADDRESS_DOES_NOT_EXIST = 106;
    static final int ADDRESS_EXISTS = 107;
    static final int INCOMPATIBLE_VERSIONS = 108;
    static final int LARGE_MESSAGE = 110;
    static final int SESSION_CREATION_REJECTED = 112;
    static final int DUPLICATE_ID_REJECTED = 113;
    static final int DUPLICATE_METADATA = 114;
    static final int INVALID_TRANSIENT_QUEUE_USE = 118;
    static final int ADDRESS_FULL = 210;
    static final int MAX_CONSUMERS = 214;
    static final int UNEXPECTED_ROUTING_TYPE = 215;
    static final int DELETE_ADDRESS = 217;
    static final int SHUTDOWN = 219;
    static final int GENERIC = 999;

    private CoreErrors() {
    }

    /** The code for a refusal of anything but a session or a consumer. */
    static int code(Reason reason) {
        return switch (reason) {
            case AUTHENTICATION_FAILED, NOT_PERMITTED, LIMIT_EXCEEDED -> SECURITY;
            case QUEUE_NOT_FOUND -> QUEUE_DOES_NOT_EXIST;
            case ADDRESS_NOT_FOUND -> ADDRESS_DOES_NOT_EXIST;
            case QUEUE_EXISTS -> QUEUE_EXISTS;
            case ADDRESS_EXISTS -> ADDRESS_EXISTS;
            case QUEUE_IN_USE, TRANSACTION_STATE, INVALID_REQUEST, NOT_IMPLEMENTED -> ILLEGAL_STATE;
            case ADDRESS_IN_USE -> DELETE_ADDRESS;
            case ROUTING_TYPE_MISMATCH -> UNEXPECTED_ROUTING_TYPE;
            case INVALID_SELECTOR -> INVALID_FILTER;
            case NAME_IN_USE -> DUPLICATE_METADATA;
            case ADDRESS_FULL -> ADDRESS_FULL;
            case DUPLICATE_ID -> DUPLICATE_ID_REJECTED;
            case TOO_LARGE -> LARGE_MESSAGE;
            case WILDCARD_ADDRESS, NOT_ACCEPTED -> GENERIC;
            case UNAVAILABLE -> SHUTDOWN;
            case INTERNAL -> INTERNAL;
        };
    }

    /** The code for a refused session: one that may be asked for again, unless it is the user's fault. */
    static int codeForSession(Reason reason) {
        return reason == Reason.AUTHENTICATION_FAILED || reason == Reason.NOT_PERMITTED ? SECURITY
                : reason == Reason.UNAVAILABLE || reason == Reason.LIMIT_EXCEEDED ? SESSION_CREATION_REJECTED : code(reason);
    }

    /** The code for a refused consumer, where a queue in use means that it has its fill of consumers. */
    static int codeForConsumer(Reason reason) {
        return reason == Reason.QUEUE_IN_USE || reason == Reason.LIMIT_EXCEEDED ? MAX_CONSUMERS : code(reason);
    }

    /** The answer to a request without a correlation id. */
    static Failed failed(int code, String sentence) {
        return new Failed(code, Optional.of(sentence), OptionalLong.empty());
    }

    static Failed failed(BrokerException refusal) {
        return failed(code(refusal.reason()), refusal.getMessage());
    }
}
