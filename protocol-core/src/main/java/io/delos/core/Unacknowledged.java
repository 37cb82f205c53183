package io.delos.core;

import io.delos.queue.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What was delivered to a consumer and not acknowledged, in the order of delivery; owned by the connection's loop. */
final class Unacknowledged {
    private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();

    void add(Delivery delivery) {
        deliveries.add(delivery);
    }

    /** Takes what a cumulative acknowledgement means: all up to that message; nothing when it is not here. */
    List<Delivery> takeUpTo(long messageId) {
        Delivery first = deliveries.peekFirst();
        if (first != null && first.messageId() == messageId) {
            return List.of(deliveries.removeFirst());
        }
        int count = 0;
        for (Delivery delivery : deliveries) {
            count++;
            if (delivery.messageId() == messageId) {
                List<Delivery> taken = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    taken.add(deliveries.removeFirst());
                }
                return taken;
            }
        }
        return List.of();
    }

    /** Takes just that message. */
    List<Delivery> take(long messageId) {
        for (Iterator<Delivery> all = deliveries.iterator(); all.hasNext();) {
            Delivery delivery = all.next();
            if (delivery.messageId() == messageId) {
                all.remove();
                return List.of(delivery);
            }
        }
        return List.of();
    }

    List<Delivery> takeAll() {
        List<Delivery> all = new ArrayList<>(deliveries);
        deliveries.clear();
        return all;
    }
}
