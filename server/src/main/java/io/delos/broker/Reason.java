package io.delos.broker;

/** Why the broker refused. Each protocol has one table from these to its own codes. */
public enum Reason {
    /** User, password or certificate not accepted. */
    AUTHENTICATION_FAILED,
    /** The user may not do this here. */
    NOT_PERMITTED,
    /** No queue of that name, and it may not be created. */
    QUEUE_NOT_FOUND,
    /** No address of that name, and it may not be created. */
    ADDRESS_NOT_FOUND,
    /** A queue of that name exists. */
    QUEUE_EXISTS,
    /** An address of that name exists. */
    ADDRESS_EXISTS,
    /** The queue has consumers, or its limit of consumers is reached. */
    QUEUE_IN_USE,
    /** The address has queues. */
    ADDRESS_IN_USE,
    /** The address does not serve the routing type asked for. */
    ROUTING_TYPE_MISMATCH,
    /** The selector does not parse. */
    INVALID_SELECTOR,
    /** The client id, or the exclusive name, is held by somebody else. */
    NAME_IN_USE,
    /** The address is full and its policy is to fail. */
    ADDRESS_FULL,
    /** The same duplicate-detection id was seen before, inside a transaction. */
    DUPLICATE_ID,
    /** Larger than the broker takes. */
    TOO_LARGE,
    /** Nothing can be sent to a pattern of addresses. */
    WILDCARD_ADDRESS,
    /** A transaction that is unknown, ended or in the wrong state. */
    TRANSACTION_STATE,
    /** A resource limit set by the operator is reached. */
    LIMIT_EXCEEDED,
    /** The request makes no sense as it stands. */
    INVALID_REQUEST,
    /** What was sent to a direct address was not taken by a consumer: {@link NotAccepted} says why. */
    NOT_ACCEPTED,
    /** Nothing that can be had here: of an address that keeps nothing, what would have to be kept. */
    NOT_IMPLEMENTED,
    /** The broker is stopping, or its disk has failed. */
    UNAVAILABLE,
    /** A fault of the broker; it is in the log. */
    INTERNAL
}
