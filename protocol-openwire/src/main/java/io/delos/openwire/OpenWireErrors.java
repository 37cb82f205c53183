package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.XaException;

/** What the broker's refusals are called on the client's side (section 4). The names are texts here: nothing of them is loaded. */
final class OpenWireErrors {

    /** For what can't be read as a command. */
    static final String UNREADABLE = "java.io.IOException";
    static final String SECURITY = "java.lang.SecurityException";
    static final String ILLEGAL_STATE = "java.lang.IllegalStateException";
    static final String INVALID_CLIENT_ID = "javax.jms.InvalidClientIDException";
    static final String INVALID_DESTINATION = "javax.jms.InvalidDestinationException";
    static final String JMS = "javax.jms.JMSException";
    static final String JMS_ILLEGAL_STATE = "javax.jms.IllegalStateException";
    static final String ROLLED_BACK = "javax.jms.TransactionRolledBackException";
    private static final String XA = "javax.transaction.xa.XAException";
    private static final String JMS_SECURITY = "javax.jms.JMSSecurityException";
    private static final String INVALID_SELECTOR = "javax.jms.InvalidSelectorException";
    private static final String RESOURCES = "javax.jms.ResourceAllocationException";

    private OpenWireErrors() {
    }

    /** A refusal in the words of transaction managers; clients find its number behind the sentence. */
    static Problem xa(String sentence, XaException.Code code) {
        return new Problem(XA, sentence + " xaErrorCode:" + code.number());
    }

    static Problem problem(BrokerException refusal) {
        if (refusal instanceof XaException xa) {
            return xa(refusal.getMessage(), xa.code());
        }
        return new Problem(type(refusal.reason()), refusal.getMessage());
    }

    static String type(Reason reason) {
        return switch (reason) {
            case AUTHENTICATION_FAILED -> SECURITY;
            case NOT_PERMITTED -> JMS_SECURITY;
            case QUEUE_NOT_FOUND, ADDRESS_NOT_FOUND, ROUTING_TYPE_MISMATCH -> INVALID_DESTINATION;
            case INVALID_SELECTOR -> INVALID_SELECTOR;
            case NAME_IN_USE -> INVALID_CLIENT_ID;
            case ADDRESS_FULL, LIMIT_EXCEEDED, TOO_LARGE -> RESOURCES;
            case TRANSACTION_STATE -> ILLEGAL_STATE;
            case QUEUE_IN_USE, ADDRESS_IN_USE -> JMS_ILLEGAL_STATE;
            case QUEUE_EXISTS, ADDRESS_EXISTS, DUPLICATE_ID, INVALID_REQUEST, WILDCARD_ADDRESS, NOT_ACCEPTED, NOT_IMPLEMENTED,
                UNAVAILABLE, INTERNAL -> JMS;
        };
    }
}
