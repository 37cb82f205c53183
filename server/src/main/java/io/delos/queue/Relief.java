package io.delos.queue;

import io.delos.message.Message;

/**
 * Gives up the memory of messages that consumers hold unacknowledged, oldest first, when a consumer holds so much that it would get no more:
 * what is on disk need not be in memory to be acknowledged, and what comes back is read again. What is nowhere on disk is spilled first.
 * Owned by the queue's loop.
 */
final class Relief {

    /** Bytes given up at once, if there are so many. */
    private static final long PORTION = 1 << 20;

    private final Queue queue;
    private final EntryChain handed;
    /** The first of those handed out that was not looked at; null if there is none. */
    private Entry next;
    private int spilling;

    Relief(Queue queue, EntryChain handed) {
        this.queue = queue;
        this.handed = handed;
    }

    /** This one has been handed out now, after all others. */
    void added(Entry entry) {
        if (next == null) {
            next = entry;
        }
    }

    /** This one is handed out no more; it is still in the chain. */
    void leaves(Entry entry) {
        if (entry == next) {
            next = entry.next;
        }
    }

    /** Whether something is on its way to the disk whose memory is given up then. */
    boolean underWay() {
        return spilling > 0;
    }

    /** Whether the consumer may hold more, now that memory was given up. */
    boolean letGo(Consumer consumer) {
        long freed = 0;
        long written = 0;
        while (next != null && written < PORTION && (freed < PORTION || !consumer.mayHold())) {
            Entry entry = next;
            next = entry.next;
            if (entry.leaving || entry.bare()) {
                continue;
            }
            if (entry.durable()) {
                freed += bare(entry, entry.id);
            } else {
                written += entry.size();
                spill(entry);
            }
        }
        return consumer.mayHold();
    }

    private void spill(Entry entry) {
        spilling++;
        queue.cold().spill(entry.message(), queue.loop(), place -> {
            if (entry.chain == handed && !entry.bare() && !entry.leaving) {
                bare(entry, place);
            } else {
                queue.cold().retain(place, -1);
            }
            if (--spilling == 0) {
                queue.dispatchAgain();
            }
        });
    }

    private long bare(Entry entry, long place) {
        int before = entry.weight();
        handed.bare(entry, place);
        return changed(entry, before);
    }

    /** The message of an entry that departs is in memory again. */
    void loaded(Entry entry, Message message) {
        int before = entry.weight();
        queue.storage().forgetSpilled(entry);
        handed.loaded(entry, message);
        changed(entry, before);
    }

    private long changed(Entry entry, int before) {
        long less = (long) before - entry.weight();
        if (entry.holder != null) {
            entry.holder.released(less);
        }
        return less;
    }
}
