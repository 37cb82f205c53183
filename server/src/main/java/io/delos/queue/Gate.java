package io.delos.queue;

import io.delos.config.QueueConfig;

/**
 * Whether a queue may hand out anything: it may wait for its first consumers (address model, section 8), and, when its groups are to be given
 * anew, for what is in the hands of their owners. Owned by the queue's loop.
 */
final class Gate {

    private final Queue queue;
    private int wanted;
    private long patience = -1;
    private boolean pausesToRebalance;
    private boolean open = true;
    /** How often the last consumer has left. */
    private int visit;
    private boolean rebalancing;

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

    /** There are so many consumers now, one more than before. */
    void came(int consumers) {
        open |= consumers >= wanted;
        if (!open && consumers == 1 && patience >= 0) {
            int now = visit;
            queue.loop().schedule(() -> patienceIsOver(now), patience);
        }
    }

    private void patienceIsOver(int began) {
        if (began == visit) {
            open = true;
            queue.dispatchAgain();
        }
    }

    /** There are so many consumers now, one fewer than before. */
    void left(int consumers) {
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
        return open && !rebalancing;
    }
}
