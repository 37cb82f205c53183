package io.delos.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Many threads push, the journal thread takes everything at once. A stack linked through the units themselves: pushing is one atomic
 * exchange, and turning the taken chain round restores the order of the exchanges.
 */
final class AppendQueue {
    /** Link of a unit whose pusher has exchanged the head but not yet written the link. */
    private static final Append UNLINKED = new EmptyAppend();
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(AppendQueue.class, "head", Append.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Append head;

    /** Adds a unit; true if the queue was empty, so that its taker may be asleep. */
    boolean push(Append unit) {
        unit.next = UNLINKED;
        Append before = (Append) HEAD.getAndSet(this, unit);
        unit.next = before;
        return before == null;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Takes all units and hands them over in order of pushing. */
    void drainTo(AppendList target) {
        Append newest = (Append) HEAD.getAndSet(this, null);
        Append oldest = null;
        Append last = newest;
        while (newest != null) {
            Append before = newest.next;
            while (before == UNLINKED) {
                Thread.onSpinWait();
                before = newest.next;
            }
            newest.next = oldest;
            oldest = newest;
            newest = before;
        }
        if (oldest != null) {
            target.addChain(oldest, last);
        }
    }
}
