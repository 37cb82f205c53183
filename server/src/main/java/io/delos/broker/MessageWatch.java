package io.delos.broker;

import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether somebody wants to hear of single messages, and of which moments of their way. Nobody does, nearly always: then each message costs one
 * look at a number. Those who listen to the broker are told by {@link BrokerEvent.Passed}, on the loop where it happened. Any thread.
 */
public final class MessageWatch {

    /** What happens to a message. */
    public enum Moment {
        /**
         * It is where it was sent to: in its queues, if there are any, and as durable as it will be. Messages of large transactions and of distributed
         * ones are not told.
         */
        ARRIVED,
        /** It is handed to a consumer. */
        DISPATCHED,
        /** A consumer has accepted it, and it is gone for good. One whose bytes had to leave the memory meanwhile is not told. */
        CONSUMED,
        /** It makes way for a newer one, or its address is full and drops what comes. */
        DISCARDED,
        /** It is not durable, and sent where nobody is who consumes: to no queue, or to queues without consumers. */
        UNWANTED
    }

    private final Broker broker;
    private volatile int wanted;

    MessageWatch(Broker broker) {
        this.broker = broker;
    }

    /** From now on these are told, and no others. */
    public void want(Set<Moment> moments) {
        int bits = 0;
        for (Moment moment : moments) {
            bits |= bit(moment);
        }
        wanted = bits;
    }

    /** What is told now. */
    public Set<Moment> wanted() {
        EnumSet<Moment> moments = EnumSet.allOf(Moment.class);
        moments.removeIf(moment -> !wants(moment));
        return moments;
    }

    private static int bit(Moment moment) {
        return 1 << moment.ordinal();
    }

    boolean wants(Moment moment) {
        return (wanted & bit(moment)) != 0;
    }

    /** A message has been sent to these queues. */
    void arrived(Message message, Queue[] targets) {
        if (wanted != 0 && targets.length > 0) {
            if (wants(Moment.ARRIVED)) {
                tell(Moment.ARRIVED, targets[0], message);
            }
            if (wants(Moment.UNWANTED) && !message.durable() && nobodyConsumes(targets)) {
                tell(Moment.UNWANTED, targets[0], message);
            }
        }
    }

    private static boolean nobodyConsumes(Queue[] targets) {
        for (Queue queue : targets) {
            if (queue.counters().consumers() > 0) {
                return false;
            }
        }
        return true;
    }

    /** A message of this address finds no queue. */
    void unrouted(String address, Message message) {
        tellIfWanted(Moment.ARRIVED, address, message);
        if (!message.durable()) {
            tellIfWanted(Moment.UNWANTED, address, message);
        }
    }

    /** A message of this address finds no room, and is forgotten. */
    void dropped(String address, Message message) {
        tellIfWanted(Moment.DISCARDED, address, message);
    }

    private void tellIfWanted(Moment moment, String address, Message message) {
        if (wants(moment)) {
            tell(moment, address, RoutingType.ofCode(message.routing()).orElse(RoutingType.MULTICAST), message);
        }
    }

    void dispatched(List<Delivery> burst) {
        if (wants(Moment.DISPATCHED)) {
            for (Delivery delivery : burst) {
                if (!delivery.browsed() && delivery.message() != null) {
                    tell(Moment.DISPATCHED, delivery.source(), delivery.message());
                }
            }
        }
    }

    /** What these hold is still there; on their queue's loop. */
    void left(Moment how, List<Delivery> leaving) {
        if (wants(how)) {
            for (Delivery delivery : leaving) {
                Message message = delivery.departing();
                if (message != null) {
                    tell(how, delivery.source(), message);
                }
            }
        }
    }

    private void tell(Moment moment, Queue where, Message message) {
        tell(moment, where.address(), where.routingType(), message);
    }

    private void tell(Moment moment, String address, RoutingType type, Message message) {
        broker.tell(() -> new BrokerEvent.Passed(moment, address, type, message));
    }
}
