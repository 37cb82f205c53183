package io.delos.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * What makes way for newer messages: counted no more at once, but still held until the journal knows that it has left. Written together at the
 * end of a turn. Owned by the queue's loop.
 */
final class Replaced {

    private final Queue queue;
    private List<Delivery> leaving = new ArrayList<>();

    Replaced(Queue queue) {
        this.queue = queue;
    }

    /** This one leaves; it is nowhere else any more. */
    void leaves(Entry entry) {
        if (leaving.isEmpty()) {
            queue.loop().post(this::sendOff);
        }
        queue.counters().left(entry.size(), entry.durable());
        leaving.add(queue.handed().unseen(entry));
    }

    private void sendOff() {
        List<Delivery> all = leaving;
        leaving = new ArrayList<>();
        queue.handed().departUnseen(all);
    }
}
