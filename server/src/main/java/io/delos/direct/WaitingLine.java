package io.delos.direct;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;

/**
 * Messages that came without credit, of producers that can't be given any, and wait for some. Owned by the address's loop. Its length is bounded
 * in messages and bytes, and their time here too.
 */
final class WaitingLine {

    private static final int MOST = 16 << 10;
    private static final long MOST_BYTES = 8L << 20;

    private final ArrayDeque<Offer> line = new ArrayDeque<>(0);
    private long bytes;

    boolean isEmpty() {
        return line.isEmpty();
    }

    int size() {
        return line.size();
    }

    /** Whether one more finds room. */
    boolean hasRoom() {
        return line.size() < MOST && bytes < MOST_BYTES;
    }

    void add(Offer offer, long until) {
        line.add(offer);
        bytes += offer.message().size();
        offer.waitsUntil(until);
    }

    /** Takes out, in order, those that go; stops when {@code stops} says so. */
    void leave(Predicate<Offer> goes, Predicate<Offer> stops) {
        Iterator<Offer> all = line.iterator();
        while (all.hasNext()) {
            Offer next = all.next();
            if (goes.test(next)) {
                all.remove();
                bytes -= next.message().size();
                next.waitsNoMore();
            } else if (stops.test(next)) {
                return;
            }
        }
    }
}
