package io.delos.broker;

import io.delos.config.Permission;
import io.delos.config.RoutingType;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.List;
import java.util.Set;

/** Something that happened, and that somebody may want to hear of: for notifications, audit and metrics. Immutable; nothing here is told per message that is delivered. */
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

    /** There is a new queue. */
    record QueueAdded(Queue queue) implements BrokerEvent { }

    /** A queue is gone. */
    record QueueRemoved(Queue queue) implements BrokerEvent { }

    /** A queue's attributes were changed. */
    record QueueUpdated(Queue queue) implements BrokerEvent { }

    /** There is a new address. */
    record AddressAdded(String address, Set<RoutingType> types) implements BrokerEvent { }

    /** An address is gone. */
    record AddressRemoved(String address, Set<RoutingType> types) implements BrokerEvent { }

    /** Somebody could not log in; {@code subject} is that of a certificate, or empty. */
    record LoginRefused(String user, String subject, String remoteAddress) implements BrokerEvent { }

    /** Somebody wanted what he may not. */
    record PermissionRefused(String user, Permission permission, String address) implements BrokerEvent { }

    /** An acceptor listens. */
    record AcceptorStarted(String name) implements BrokerEvent { }

    /** An acceptor listens no more. */
    record AcceptorStopped(String name) implements BrokerEvent { }
}
