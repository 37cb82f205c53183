package io.delos.openwire;

import io.delos.queue.Delivery;

/** A message at the client; owned by its connection's loop. */
final class Dispatched {

    private final long sequence;
    private final Delivery delivery;
    private final Part part;
    private boolean credited;
    private boolean inTransaction;
    private int rollbacks;

    Dispatched(long sequence, Delivery delivery, Part part) {
        this.sequence = sequence;
        this.delivery = delivery;
        this.part = part;
    }

    /** By which the client names it in its acknowledgements. */
    long sequence() {
        return sequence;
    }

    Delivery delivery() {
        return delivery;
    }

    /** Gives the credit it took back to its part, once. */
    void credit() {
        if (!credited) {
            credited = true;
            part.credit();
        }
    }

    boolean inTransaction() {
        return inTransaction;
    }

    void inTransaction(boolean acknowledged) {
        inTransaction = acknowledged;
    }

    /** The client has it again, after a rollback. */
    void rolledBack() {
        inTransaction = false;
        rollbacks++;
    }

    /** How often it was tried in vain before the present time. */
    int failures() {
        return delivery.deliveryCount() - 1 + rollbacks;
    }
}
