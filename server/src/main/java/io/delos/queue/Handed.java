package io.delos.queue;

import io.delos.config.AddressSettings;
import io.delos.message.Message;
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
    private final Relief relief;

    Handed(Queue queue, Departures departures) {
        this.queue = queue;
        this.departures = departures;
        this.relief = new Relief(queue, entries);
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
        relief.added(entry);
        queue.counters().handed(1);
    }

    private void remove(Delivery delivery) {
        Entry entry = delivery.entry;
        relief.leaves(entry);
        entries.remove(entry);
        queue.counters().handed(-1);
        if (entry.holder != null) {
            entry.holder.released(entry.weight());
            entry.holder = null;
        }
        entry.leaving = false;
    }

    /** These are gone for good, but for those that stay; returns how many. */
    int forget(List<Delivery> settled) {
        long bytes = 0;
        int gone = 0;
        for (int i = 0; i < settled.size(); i++) {
            if (settled.get(i).consumer != NOBODY) {
                settled.get(i).consumer.settledOne();
            }
            if (settled.get(i).stays) {
                continue;
            }
            Entry entry = settled.get(i).entry;
            remove(settled.get(i));
            bytes += entry.size();
            gone++;
            queue.gone(entry);
        }
        queue.usage().remove(bytes, gone);
        return gone;
    }

    /** One comes back; says how it goes on, and unless it departs it is no longer here. */
    Return takeBack(Delivery delivery, boolean failed, AddressSettings settings) {
        Entry entry = delivery.entry;
        if (failed) {
            entry.failures++;
            if (redelivery.exhausted(settings, entry.failures)) {
                leaving(delivery);
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
        refused.stream().filter(delivery -> !delivery.stays).forEach(this::leaving);
    }

    private void leaving(Delivery delivery) {
        delivery.entry.leaving = true;
        departing.add(delivery);
    }

    /** An entry that nobody was handed leaves; {@link #depart} sends it off. */
    void leaving(Entry entry) {
        leaving(takeOut(entry));
    }

    /** An entry that has left its line for nobody. */
    Delivery takeOut(Entry entry) {
        add(entry);
        entry.leaving = true;
        return new Delivery(queue, NOBODY, entry, entry.message(), 0, false);
    }

    /** Takes in an entry that was replaced, of which nobody is to see anything more. */
    Delivery unseen(Entry entry) {
        entries.insert(entry, entries.tail());
        relief.added(entry);
        entry.leaving = true;
        return new Delivery(queue, NOBODY, entry, null, 0, false);
    }

    /** These are about to be forgotten, because consumers have accepted them. */
    void consumed(List<Delivery> accepted) {
        departures.consumed(accepted);
    }

    /** Sends off what was replaced. */
    void departUnseen(List<Delivery> replaced) {
        departures.leave(queue, replaced, Departures.Cause.REPLACED);
    }

    /** These were replaced, and are gone for good. */
    void dropped(List<Delivery> replaced) {
        long bytes = 0;
        for (int i = 0; i < replaced.size(); i++) {
            Entry entry = replaced.get(i).entry;
            relief.leaves(entry);
            entries.remove(entry);
            bytes += entry.size();
            if (entry.place() != Queue.NO_POSITION) {
                queue.cold().retain(entry.place(), -1);
            }
        }
        queue.usage().remove(bytes, replaced.size());
    }

    /** What was taken out unseen is to be gone durably. */
    void departed(Removed removed) {
        departures.removed(queue, removed);
    }

    /** Takes in an entry that a transaction of an earlier process was handed. */
    Delivery hold(Entry entry) {
        add(entry);
        return new Delivery(queue, NOBODY, entry, entry.message(), 0, false);
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
        sendOff(all, 0, cause);
    }

    /** Those from {@code from} on, in order; what was let go of is read first, a bounded number at a time. */
    private void sendOff(List<Delivery> all, int from, Departures.Cause cause) {
        List<Delivery> part = new ArrayList<>(Math.min(all.size(), Storage.LOAD_COUNT));
        List<Entry> bare = new ArrayList<>(0);
        long left = Storage.LOAD_BYTES;
        int at = from;
        while (at < all.size() && left > 0 && part.size() < Storage.LOAD_COUNT) {
            Delivery next = all.get(at++);
            part.add(next);
            left -= next.entry.size();
            if (next.entry.bare()) {
                bare.add(next.entry);
            }
        }
        int then = at;
        if (bare.isEmpty()) {
            departures.leave(queue, part, cause);
            if (then < all.size()) {
                queue.loop().post(() -> sendOff(all, then, cause));
            }
        } else {
            queue.storage().fetch(Recall.refs(bare), messages -> {
                List<Delivery> whole = loaded(part, bare, messages);
                if (!whole.isEmpty()) {
                    departures.leave(queue, whole, cause);
                }
                if (then < all.size()) {
                    sendOff(all, then, cause);
                }
            });
        }
    }

    /** Those of a part that departs whose messages could be read. */
    private List<Delivery> loaded(List<Delivery> part, List<Entry> bare, List<Message> messages) {
        for (int i = 0; i < bare.size(); i++) {
            if (messages.get(i) != null) {
                relief.loaded(bare.get(i), messages.get(i));
            }
        }
        List<Delivery> whole = new ArrayList<>(part.size());
        for (Delivery delivery : part) {
            if (delivery.entry.bare()) {
                remove(delivery);
                queue.lost(delivery.entry.place(), delivery.entry.size());
            } else {
                whole.add(delivery);
            }
        }
        return whole;
    }

    /** Gives up the memory of what consumers hold, oldest first, until this one may hold more; false if it still may not. */
    boolean letGo(Consumer consumer) {
        return relief.letGo(consumer);
    }

    /** Whether memory is being given up that will be free when the disk has it. */
    boolean lettingGo() {
        return relief.underWay();
    }
}
