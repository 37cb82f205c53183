package io.delos.queue;

import io.delos.config.AddressSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a queue has handed out, and how it ends: forgotten, given back, or sent on its way to where dead and expired messages go. Owned by
 * the queue's loop.
 */
final class Handed {

    /** The consumer of what leaves without one. */
    private static final Consumer NOBODY = Consumer.nobody();

    /** How a message that came back is to go on. */
    enum Return { TO_WINDOW, TO_SCHEDULE, DEPARTS }

    private final Queue queue;
    private final Departures departures;
    private final EntryChain entries = new EntryChain();
    private final Redelivery redelivery = new Redelivery();
    private final List<Delivery> departing = new ArrayList<>();

    Handed(Queue queue, Departures departures) {
        this.queue = queue;
        this.departures = departures;
    }

    EntryChain entries() {
        return entries;
    }

    /** Where the journal has what is durable of it, ascending, without those of large transactions. */
    long[] durablePositions() {
        LongStream.Builder positions = LongStream.builder();
        for (Entry entry = entries.head(); entry != null; entry = entry.next) {
            if (entry.durable() && !entry.staged) {
                positions.add(entry.id);
            }
        }
        return positions.build().sorted().toArray();
    }

    /** Takes in an entry that has left the window. */
    void add(Entry entry) {
        entries.insert(entry, entries.tail());
        queue.counters().handed(1);
    }

    private void remove(Delivery delivery) {
        Entry entry = delivery.entry;
        entries.remove(entry);
        queue.counters().handed(-1);
        if (delivery.consumer != NOBODY) {
            delivery.consumer.released(entry.message.size());
        }
    }

    /** These are gone for good. */
    void forget(List<Delivery> settled) {
        long bytes = 0;
        for (int i = 0; i < settled.size(); i++) {
            Entry entry = settled.get(i).entry;
            remove(settled.get(i));
            bytes += entry.message.size();
            queue.gone(entry.id, entry.message.size(), entry.durable());
        }
        queue.usage().remove(bytes, settled.size());
    }

    /** One comes back; says how it goes on, and unless it departs it is no longer here. */
    Return takeBack(Delivery delivery, boolean failed, AddressSettings settings) {
        Entry entry = delivery.entry;
        if (failed) {
            entry.failures++;
            if (redelivery.exhausted(settings, entry.failures)) {
                departing.add(delivery);
                return Return.DEPARTS;
            }
        }
        remove(delivery);
        return failed && redelivery.delay(settings, entry.failures) > 0 ? Return.TO_SCHEDULE : Return.TO_WINDOW;
    }

    /** Milliseconds until a failed one is offered again. */
    long delay(Entry entry, AddressSettings settings) {
        return redelivery.delay(settings, entry.failures);
    }

    /** These leave; {@link #depart} sends them off. */
    void leaving(List<Delivery> refused) {
        departing.addAll(refused);
    }

    /** An entry that nobody was handed leaves; {@link #depart} sends it off. */
    void leaving(Entry entry) {
        add(entry);
        departing.add(new Delivery(queue, NOBODY, entry, 0));
    }

    /** Sends off what leaves. */
    void depart(Departures.Cause cause) {
        if (departing.isEmpty()) {
            return;
        }
        List<Delivery> all = new ArrayList<>(departing);
        departing.clear();
        if (cause == Departures.Cause.EXPIRED) {
            queue.counters().expired(all.size());
        } else {
            queue.counters().killed(all.size());
        }
        departures.leave(queue, all, cause);
    }
}
