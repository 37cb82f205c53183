package io.delos.sim;

import java.util.EnumSet;
import java.util.Set;

/** What is known of a message in one queue: all places it may be in, and who holds it. */
final class Copy {
    final Sent sent;
    final Target queue;
    private final Set<Place> places = EnumSet.of(Place.NOWHERE);
    /** The subscription that was handed it and has not settled it, or whose settlement is under way. */
    Subscriber holder;
    /** The last transaction that acknowledged it; null if there was none. */
    Tx ending;
    /** How often at most its delivery has failed. */
    int failures;
    boolean handedOut;
    /** Whether it may have been on its way to somebody who left. */
    boolean stirred;
    /** Whether its queue was just coming or going when it was sent: nobody knows whether it was taken in. */
    final boolean optional;
    /** Whether a newer one may have taken its place. */
    boolean replaceable;
    /** Whether it was handed out of turn, so that its place is another when it comes back. */
    boolean outOfTurn;

    Copy(Sent sent, Target queue, boolean optional) {
        this.sent = sent;
        this.queue = queue;
        this.optional = optional;
    }

    /** The places it may be in at this time. */
    Set<Place> places(long now) {
        if (places.contains(Place.QUEUE) && sent.message.expired(now)) {
            places.add(Place.OVER);
        }
        if (places.contains(Place.QUEUE) && queue.condemning > 0) {
            places.add(Place.DEAD);
        }
        Set<Place> all = EnumSet.copyOf(places);
        if (replaceable || ending != null && ending.state == Tx.State.COMMITTING) {
            all.add(Place.GONE);
        }
        return all;
    }

    /** Whether it was acknowledged in a branch of which something was asked that was not answered yet. */
    boolean unheard() {
        return ending != null && ending.xid.isPresent() && ending.state != Tx.State.OPEN && ending.state != Tx.State.PREPARED;
    }

    /** Whether a branch that waits to be decided has it: it is in its queue then, and nobody gets or sees it. */
    boolean held() {
        return prepared() && !places.contains(Place.GONE);
    }

    /** Whether a branch that waits to be decided acknowledges it. */
    boolean prepared() {
        return ending != null && ending.state == Tx.State.PREPARED;
    }

    /** The queue in which a branch holds it. */
    String where() {
        return places.contains(Place.QUEUE) ? queue.name : places.contains(Place.DEAD) ? Setup.DEAD : Setup.OVER;
    }

    /** Whether it may be there, whatever becomes of the transaction that acknowledges it. */
    boolean mayBe(Place place) {
        return places.contains(place);
    }

    /** Whether it may be waiting for its time. */
    boolean mayWait() {
        return sent.message.deliverAt() != 0 || outOfTurn;
    }

    /** It may have gone from where it was to another place. */
    void may(Place place) {
        places.add(place);
    }

    /** It is not there. */
    void not(Place place) {
        places.remove(place);
    }

    /** It is just there. */
    void is(Place place) {
        places.clear();
        places.add(place);
    }

    /** A process has ended that held it in memory alone. */
    void lost() {
        if (!sent.message.durable()) {
            is(Place.GONE);
        }
    }

    @Override
    public String toString() {
        return sent + " in " + queue.name() + " (" + places + (ending == null ? "" : ", acknowledged by " + ending) + ")";
    }
}
