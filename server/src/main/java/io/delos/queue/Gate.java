package io.delos.queue;

import io.delos.config.QueueConfig;

/**
 * Whether a queue may hand out anything: it may wait for its first consumers (address model, section 8), and, when its groups are to be given
 * anew, for what is in the hands of their owners. Owned by the queue's loop.
 */
final class Gate {

    /** Milliseconds in which the last of the consumers that were waited for may say what it wants. */
    private static final long GRACE = 100;

    private final Queue queue;
    private int wanted;
    private long patience = -1;
    private boolean pausesToRebalance;
    private boolean open = true;
    /** How often the last consumer has left. */
    private int visit;
    private boolean rebalancing;
    /** The last of those that were waited for, until it has said what it wants. */
    private Consumer last;

    Gate(Queue queue) {
        this.queue = queue;
    }

    /** Goes by these attributes from now on; what has begun goes on. */
    void configure(QueueConfig config, int consumers) {
        wanted = config.consumersBeforeDispatch();
        patience = config.delayBeforeDispatch();
        pausesToRebalance = config.groupRebalancePauseDispatch();
        open |= wanted <= consumers;
        if (consumers == 0) {
            open = wanted <= 0;
        }
    }

    /** There are so many consumers now, with this one. */
    void came(Consumer newcomer, int consumers) {
        if (!open && consumers >= wanted) {
            open = true;
            awaitCredit(newcomer);
        }
        if (!open && consumers == 1 && patience >= 0) {
            int now = visit;
            queue.loop().schedule(() -> patienceIsOver(now), patience);
        }
    }

    /** Who was waited for is to have a part in what is handed out first: it is about to say what it wants. */
    private void awaitCredit(Consumer newcomer) {
        last = newcomer;
        queue.loop().schedule(() -> {
            if (last == newcomer) {
                last = null;
                queue.dispatchAgain();
            }
        }, GRACE);
    }

    private void patienceIsOver(int began) {
        if (began == visit) {
            open = true;
            queue.dispatchAgain();
        }
    }

    /** There are so many consumers now, without this one. */
    void left(Consumer who, int consumers) {
        if (last == who) {
            last = null;
        }
        if (consumers == 0) {
            open = wanted <= 0;
            visit++;
        }
    }

    /** Groups are to be given anew; true if that can be done at once. */
    boolean rebalance() {
        rebalancing |= pausesToRebalance && !queue.handed().entries().isEmpty();
        return !rebalancing;
    }

    /** Whether groups are to be given anew as soon as nothing is handed out. */
    boolean rebalancing() {
        return rebalancing;
    }

    /** Whether anything may be handed out now; tells when that begins because nothing is handed out any more. */
    boolean isOpen(Groups groups) {
        if (rebalancing && queue.handed().entries().isEmpty()) {
            rebalancing = false;
            groups.clear();
        }
        if (last != null && last.hasCredit()) {
            last = null;
        }
        return open && !rebalancing && last == null;
    }
}
