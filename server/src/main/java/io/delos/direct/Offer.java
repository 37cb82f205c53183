package io.delos.direct;

import io.delos.loop.Loop;
import io.delos.message.Message;
import java.util.Optional;

/** A message that is to be passed through, and what becomes of it. Owned by the address's loop from when it is offered. */
public final class Offer {

    /** Who sent it; called on its loop. */
    public interface Sender {

        /** It is over; called once. */
        void told(Fate fate);

        /** It waits for a consumer's credit: {@link #told} comes later, and what is sent behind it would wait, too. */
        default void waits() { }

        /** It waits no more. */
        default void waitsNoMore() { }
    }

    /**
     * How it is sent.
     *
     * @param only    the one outlet that was named; empty for those of the address
     * @param inlet   whose credit it takes; empty for a producer that has none
     * @param patient whether it may wait for credit: its producer can't be told when to send
     * @param settled whether nobody is told what becomes of it
     */
    public record Terms(Optional<Outlet> only, Optional<Inlet> inlet, boolean patient, boolean settled) { }

    private final Message message;
    private final Terms terms;
    private final Loop loop;
    private final Sender sender;
    private DirectAddress address;
    private Fate fate = Fate.ACCEPTED;
    private int pending;
    /** Until when it may wait for credit, in milliseconds since the epoch; 0 while it does not. */
    private long waitsUntil;

    /** {@code sender} is called on {@code loop}. */
    public Offer(Message message, Terms terms, Loop loop, Sender sender) {
        this.message = message;
        this.terms = terms;
        this.loop = loop;
        this.sender = sender;
    }

    public Message message() {
        return message;
    }

    Terms terms() {
        return terms;
    }

    /** It is about to be handed to so many outlets. */
    void begins(DirectAddress at, int outlets) {
        address = at;
        pending = outlets;
    }

    /** One of those who were handed it is done with it. */
    public void settled(Fate how) {
        fate = fate.worse(how);
        if (--pending == 0) {
            address.ended(this, fate);
        }
    }

    void tell(Fate end) {
        loop.post(() -> sender.told(end));
    }

    void waitsUntil(long moment) {
        waitsUntil = moment;
        loop.post(sender::waits);
    }

    void waitsNoMore() {
        waitsUntil = 0;
        loop.post(sender::waitsNoMore);
    }

    /** Whether its time to wait, or its own, is over. */
    boolean over(long now) {
        return waitsUntil > 0 && waitsUntil <= now || message.expired(now);
    }
}
