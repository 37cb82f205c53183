package io.delos.broker;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Says, once, that there are more queues than the heap is made for; again when they have been fewer meanwhile. Nothing is refused: messages
 * have less room. Control loop only.
 */
final class QueueNotice {

    /** What a queue with its address takes of the heap, in bytes, with nothing or little in it. */
    static final long QUEUE_BYTES = 5 << 10;
    /** The part of the heap that queues may take by themselves. */
    private static final int PART = 4;

    private static final Logger LOG = LogManager.getLogger(QueueNotice.class);

    private final long heap;
    private final int most;
    private boolean told;

    /** {@code heap}: what the heap may grow to, in bytes. */
    QueueNotice(long heap) {
        this.heap = heap;
        this.most = (int) Math.min(Integer.MAX_VALUE, heap / PART / QUEUE_BYTES);
    }

    /** So many queues the heap is made for. */
    int most() {
        return most;
    }

    /** There are so many now. */
    void look(int queues) {
        if (queues > most && !told) {
            told = true;
            LOG.warn("There are {} queues, which take some {} MiB of a heap of {} MiB by themselves; it is made for {}. "
                    + "Messages have less room, and the broker may run out of memory: give it {} MiB (-Xmx), or let it have fewer queues", queues,
                    queues * QUEUE_BYTES >> 20, heap >> 20, most, (queues * QUEUE_BYTES * PART >> 20) + 1);
        } else if (queues < most / 10 * 9) {
            told = false;
        }
    }
}
