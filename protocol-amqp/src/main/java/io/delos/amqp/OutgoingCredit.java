package io.delos.amqp;

import io.delos.broker.Subscription;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.qpid.proton.engine.Sender;

/**
 * The credit that a client's receiver gives: passed on to the queue when what is to be resumed has been, and taken back. Owned by the connection's
 * loop. Does nothing before {@link #open} and after {@link #close}.
 */
final class OutgoingCredit {

    private final AmqpSession session;
    private final Sender link;
    private final Streaming streaming;
    private Optional<Subscription> subscription = Optional.empty();
    private Optional<Resumption> resumption = Optional.empty();
    private boolean closed;
    /** Credit that the broker has been told of and has not used. */
    private int granted;
    /** The broker is asked to give what it has before credit changes again. */
    private boolean settling;
    /** The peer waits to hear where the link stands when that is done. */
    private boolean echoing;

    OutgoingCredit(AmqpSession session, Sender link, Streaming streaming) {
        this.session = session;
        this.link = link;
        this.streaming = streaming;
    }

    /** From now on it is this queue's. */
    void open(Subscription opened, Optional<Resumption> before) {
        subscription = Optional.of(opened);
        resumption = before;
        flow();
    }

    void close() {
        closed = true;
    }

    /** So many messages were handed out on it. */
    void used(int messages) {
        granted = Math.max(0, granted - messages);
    }

    /** So many of these are about to be handed out once more: they had waited. */
    void waited(int messages) {
        granted += messages;
    }

    /** It may have changed. */
    void flow() {
        if (closed || subscription.isEmpty() || settling || resumption.isPresent() && !resume(resumption.get())) {
            return;
        }
        Subscription live = subscription.get();
        int credit = Math.max(0, link.getCredit() - streaming.held());
        if (credit > granted) {
            live.addMessages(credit - granted);
            granted = credit;
        } else if (credit < granted) {
            live.stopMessages();
            settle(live::flush);
        }
        if (link.getDrain() && credit > 0 && !settling) {
            settle(live::drain);
        }
    }

    /** Resumes what is to be resumed; whether new messages may follow. */
    private boolean resume(Resumption resumed) {
        if (!resumed.go(streaming.busy() ? 1 : 0)) {
            return false;
        }
        if (!resumed.newOnes() && link.getDrain()) {
            link.drained();
            session.connection().engine().changed();
        }
        return resumed.newOnes();
    }

    /** Tells the peer where the link stands, once what it has said about credit has been done. */
    void echo() {
        if (settling) {
            echoing = true;
        } else {
            session.connection().engine().echo(link);
        }
    }

    /** Has the queue hand out what the credit allows and forget the rest; then both sides know where they stand. */
    private void settle(Consumer<Runnable> question) {
        settling = true;
        question.accept(this::settled);
    }

    /**
     * The engine would send nothing more without credit, so what it was given goes before. What it can't send any more, for the peer has taken
     * the credit back meanwhile, waits in it for the next: so does a large message, which costs its credit only when it has gone.
     */
    private void settled() {
        boolean streams = streaming.busy() && link.getCredit() > 0;
        int whole = link.getQueued() - (streaming.busy() ? 1 : 0);
        int sendable = Math.min(whole, link.getCredit() + whole);
        if (!closed && (streams || sendable > 0)) {
            session.connection().engine().whenWritten(this::settled);
            return;
        }
        settling = false;
        granted = 0;
        if (!closed) {
            link.drained();
            session.connection().engine().changed();
            flow();
            if (echoing && !settling) {
                echoing = false;
                echo();
            }
        }
    }
}
