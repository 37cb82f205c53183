package io.delos.queue;

import java.util.Arrays;

/** Some references of one priority, with the order each has among those of its priority. Owned by the queue's loop. */
final class Piece {

    private final Refs refs = new Refs(256);
    private long[] orders = new long[256];

    /** Adds a copy of a reference. */
    void add(Refs from, int i, long order) {
        if (refs.count() == orders.length) {
            orders = Arrays.copyOf(orders, orders.length * 2);
        }
        orders[refs.count()] = order;
        refs.add(from, i);
    }

    int count() {
        return refs.count();
    }

    Refs refs() {
        return refs;
    }

    long order(int i) {
        return orders[i];
    }
}
