package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;

/** The broker's reasons as AMQP's error conditions (AMQP document, sections 4 to 6). */
final class AmqpErrors {

    /** The condition of refused messages that AMQP has no word for. */
    static final Symbol FAILED = Symbol.valueOf("failed");

    private AmqpErrors() { }

    /** Why a link, session or connection is refused or ended. */
    static ErrorCondition condition(BrokerException refusal) {
        return new ErrorCondition(symbol(refusal.reason()), refusal.getMessage());
    }

    /** As {@link #condition}, with words in front of the sentence. */
    static ErrorCondition condition(BrokerException refusal, String prefix) {
        return new ErrorCondition(symbol(refusal.reason()), prefix + refusal.getMessage());
    }

    /** Why a message is refused. */
    static ErrorCondition rejection(BrokerException refusal) {
        switch (refusal.reason()) {
            case NOT_PERMITTED: case ADDRESS_FULL: case LIMIT_EXCEEDED: case TOO_LARGE: case TRANSACTION_STATE:
            case NOT_IMPLEMENTED:
                return condition(refusal);
            default:
                return new ErrorCondition(FAILED, refusal.getMessage());
        }
    }

    private static Symbol symbol(Reason reason) {
        switch (reason) {
            case AUTHENTICATION_FAILED: case NOT_PERMITTED: return AmqpError.UNAUTHORIZED_ACCESS;
            case QUEUE_NOT_FOUND: case ADDRESS_NOT_FOUND: return AmqpError.NOT_FOUND;
            case QUEUE_EXISTS: case ADDRESS_EXISTS: case ROUTING_TYPE_MISMATCH: case TRANSACTION_STATE: return AmqpError.ILLEGAL_STATE;
            case INVALID_SELECTOR: case NAME_IN_USE: case INVALID_REQUEST: case WILDCARD_ADDRESS: return AmqpError.INVALID_FIELD;
            case ADDRESS_FULL: case LIMIT_EXCEEDED: return AmqpError.RESOURCE_LIMIT_EXCEEDED;
            case NOT_IMPLEMENTED: return AmqpError.NOT_IMPLEMENTED;
            case TOO_LARGE: return LinkError.MESSAGE_SIZE_EXCEEDED;
            default: return AmqpError.INTERNAL_ERROR;
        }
    }

    /** Why there is no consumer, in the words that clients know. */
    static BrokerException noConsumer(BrokerException refusal) {
        switch (refusal.reason()) {
            case INVALID_SELECTOR:
                return new BrokerException(Reason.INVALID_SELECTOR, "Invalid filter");
            case NOT_PERMITTED:
                return new BrokerException(refusal.reason(), "AMQ119015: not authorized to create consumer, " + refusal.getMessage());
            case QUEUE_NOT_FOUND:
                return new BrokerException(refusal.reason(), "AMQ119010: source address does not exist");
            default:
                return new BrokerException(refusal.reason(), "AMQ119005: error creating consumer, " + refusal.getMessage());
        }
    }
}
