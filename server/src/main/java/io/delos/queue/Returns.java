package io.delos.queue;

import java.util.ArrayList;
import java.util.List;

/** Takes back what consumers were handed and do not keep: to where it stood, for a later time, or on its way out. Owned by the queue's loop. */
final class Returns {

    private final Queue queue;
    private final Dispatch dispatch;

    Returns(Queue queue, Dispatch dispatch) {
        this.queue = queue;
        this.dispatch = dispatch;
    }

    /** With {@code failed}, one attempt of delivery is spent. */
    void take(List<Delivery> returned, boolean failed) {
        List<Entry> back = new ArrayList<>(returned.size());
        for (int i = 0; i < returned.size(); i++) {
            queue.amendments().keep(returned.get(i).entry.id, returned.get(i).notes());
            if (!returned.get(i).stays) {
                take(returned.get(i), failed, back);
            }
        }
        for (int i = returned.size() - 1; i >= 0; i--) {
            if (returned.get(i).stays) {
                dispatch.sharing().again(returned.get(i), failed);
            }
        }
        // from behind, so that each finds its place at the head of the window at once
        for (int i = back.size() - 1; i >= 0; i--) {
            queue.storage().putBack(back.get(i));
            queue.noticed(back.get(i));
        }
        queue.entrance().settleDown();
        queue.handed().depart(Departures.Cause.DEAD);
    }

    private void take(Delivery delivery, boolean failed, List<Entry> back) {
        Entry entry = delivery.entry;
        Handed.Return how = queue.handed().takeBack(delivery, failed, queue.settings());
        if (how == Handed.Return.DEPARTS) {
            return;
        }
        if (queue.closed()) {
            queue.usage().remove(entry.size(), 1);
            queue.gone(entry);
        } else if (how == Handed.Return.TO_SCHEDULE) {
            queue.storage().later().add(queue.loop().now() + queue.handed().delay(entry, queue.settings()), entry);
        } else {
            back.add(entry);
        }
    }
}
