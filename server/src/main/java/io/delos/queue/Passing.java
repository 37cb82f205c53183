package io.delos.queue;

import io.delos.direct.Fate;
import io.delos.direct.Offer;
import java.util.Optional;

/** The place of a message that is passed through: in a consumer's hands, and nowhere else. Owned by the queue's loop. */
final class Passing extends Entry {

    final Offer offer;
    /** What the consumer said of it, in its own words; written on its loop, before it is settled. */
    Optional<Fate> word = Optional.empty();

    Passing(long number, Offer offer) {
        super(Entry.transientId(number), offer.message(), number, 0);
        this.offer = offer;
    }
}
