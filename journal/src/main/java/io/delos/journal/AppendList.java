package io.delos.journal;

/** One thread. Units in order, linked through themselves. */
final class AppendList {
    private Append first;
    private Append last;

    boolean isEmpty() {
        return first == null;
    }

    /** The oldest unit; null if there is none. */
    Append first() {
        return first;
    }

    /** Adds units that are already linked to each other; the last one's link is null. */
    void addChain(Append chainFirst, Append chainLast) {
        if (first == null) {
            first = chainFirst;
        } else {
            last.next = chainFirst;
        }
        last = chainLast;
    }

    /** Takes the oldest unit and clears its link, so that it may be appended again at once. */
    Append remove() {
        Append unit = first;
        first = unit.next;
        unit.next = null;
        return unit;
    }
}
