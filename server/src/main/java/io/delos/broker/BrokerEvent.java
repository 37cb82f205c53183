package io.delos.broker;

import io.delos.config.Permission;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.List;
import java.util.Set;

/**
 * Something that happened, and that somebody may want to hear of: for notifications, audit and metrics. Immutable; of single messages only {@link Passed}
 * tells, while somebody wants it.
 */
public sealed interface BrokerEvent {

    /** A client has connected. */
    record Connected(Client client) implements BrokerEvent { }

    /** Its connection has ended. */
    record Disconnected(Client client) implements BrokerEvent { }

    /** A session began. */
    record SessionOpened(Session session) implements BrokerEvent { }

    /** A session ended. */
    record SessionClosed(Session session) implements BrokerEvent { }

    /** Somebody consumes; {@code consumers} do so now. */
    record ConsumerOpened(Subscription subscription, int consumers) implements BrokerEvent { }

    /** Somebody consumes no more. */
    record ConsumerClosed(Subscription subscription, int consumers) implements BrokerEvent { }

    /** A consumer takes too little, as its address's settings have it. */
    record ConsumerSlow(Subscription subscription, int consumers) implements BrokerEvent { }

    /** Messages leave a queue because their time is over or nobody could take them; told on the queue's loop, once for each lot of them. */
    record Departed(Queue queue, List<Delivery> departing, boolean expired) implements BrokerEvent { }

    /** Something happens to a message of this address; only told of what {@link MessageWatch} is told is wanted. */
    record Passed(MessageWatch.Moment moment, String address, RoutingType type, Message message) implements BrokerEvent { }

    /** An address has no room any more, and holds back, refuses or drops what comes; told again only after it had room. */
    record AddressFull(String address, long bytes, long messages) implements BrokerEvent { }

    /** There is a new queue. */
    record QueueAdded(Queue queue) implements BrokerEvent { }

    /** A queue is gone. */
    record QueueRemoved(Queue queue) implements BrokerEvent { }

    /** A queue's attributes were changed. */
    record QueueUpdated(Queue queue) implements BrokerEvent { }

    /** There is a new address; a temporary one goes with its client. */
    record AddressAdded(String address, Set<RoutingType> types, boolean temporary) implements BrokerEvent { }

    /** An address is gone. */
    record AddressRemoved(String address, Set<RoutingType> types, boolean temporary) implements BrokerEvent { }

    /** Somebody could not log in; {@code subject} is that of a certificate, or empty. */
    record LoginRefused(String user, String subject, String remoteAddress) implements BrokerEvent { }

    /** Somebody wanted what he may not. */
    record PermissionRefused(String user, Permission permission, String address) implements BrokerEvent { }

    /** An acceptor listens. */
    record AcceptorStarted(String name) implements BrokerEvent { }

    /** An acceptor listens no more. */
    record AcceptorStopped(String name) implements BrokerEvent { }
}
