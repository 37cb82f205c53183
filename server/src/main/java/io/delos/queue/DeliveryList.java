package io.delos.queue;

import java.util.ArrayList;
import java.util.List;

/** What a session has been handed and has not settled, in order of hand-out. Owned by the session's loop. */
public final class DeliveryList {

    private Delivery first;
    private Delivery last;
    private int size;
    private long bytes;
    private long takenAt;
    private boolean over;

    /** Appends one; it must not be in a list. */
    public void add(Delivery delivery) {
        assert delivery.list() == null;
        delivery.link(this, last);
        last = delivery;
        if (first == null) {
            first = delivery;
        }
        size++;
        bytes += delivery.charge();
    }

    /** Takes one out, wherever it stands; false if it is not in this list, because it was settled before. */
    public boolean remove(Delivery delivery) {
        if (delivery.list() != this) {
            return false;
        }
        if (delivery == first) {
            first = delivery.next();
        }
        if (delivery == last) {
            last = delivery.previous();
        }
        delivery.unlink();
        size--;
        bytes -= delivery.charge();
        return true;
    }

    /** Takes all out, for good: whoever filled it has gone. */
    public List<Delivery> end() {
        over = true;
        List<Delivery> all = new ArrayList<>(size);
        while (first != null) {
            Delivery delivery = first;
            remove(delivery);
            all.add(delivery);
        }
        return all;
    }

    /** Whether nobody looks after what is put into it. */
    public boolean over() {
        return over;
    }

    public int size() {
        return size;
    }

    /** What those in it were charged, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Something was settled at this time. */
    public void takenAt(long millis) {
        takenAt = millis;
    }

    /** When something was settled last, in milliseconds since the epoch; 0 for never. */
    public long takenAt() {
        return takenAt;
    }
}
