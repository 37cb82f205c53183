package io.delos.queue;

import java.util.ArrayList;
import java.util.List;

/** What a session has been handed and has not settled, in order of hand-out. Owned by the session's loop. */
public final class DeliveryList {

    private Delivery first;
    private Delivery last;
    private int size;

    /** Appends one; it must not be in a list. */
    public void add(Delivery delivery) {
        assert delivery.list() == null;
        delivery.link(this, last);
        last = delivery;
        if (first == null) {
            first = delivery;
        }
        size++;
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
        return true;
    }

    /** Takes all out. */
    public List<Delivery> drain() {
        List<Delivery> all = new ArrayList<>(size);
        while (first != null) {
            Delivery delivery = first;
            remove(delivery);
            all.add(delivery);
        }
        return all;
    }

    public int size() {
        return size;
    }
}
