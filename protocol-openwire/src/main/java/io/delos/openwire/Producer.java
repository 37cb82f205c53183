package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.openwire.Id.ProducerId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * One producer; owned by its connection's loop. While the address it sends to is full, a producer that waits for answers is kept waiting
 * for them; of one that doesn't wait the connection is no longer read.
 */
final class Producer {

    private final Member member;
    /** Empty for whoever sends without having said that he is there. */
    private final Optional<ProducerId> id;
    private final int window;
    /** Behind one that waits for space: those that must not overtake it. */
    private final ArrayDeque<Outgoing> behind = new ArrayDeque<>();
    private boolean waiting;
    private List<WireDestination> announced = List.of();

    /** @param window bytes that may be under way unanswered; 0 if the client doesn't count */
    Producer(Member member, Optional<ProducerId> id, int window) {
        this.member = member;
        this.id = id;
        this.window = window;
    }

    /** Others were told that it sends there. */
    void announced(List<WireDestination> where) {
        announced = where;
    }

    List<WireDestination> announced() {
        return announced;
    }

    boolean windowed() {
        return window > 0;
    }

    /** @param patient whether the client waits for the answer, or keeps count of what is unanswered */
    void send(Outgoing out, boolean patient) {
        if (waiting) {
            behind.add(out);
            return;
        }
        Admission admission = new Admission(out);
        member.session().awaitSpace(out.message().address(), 1, out.message().size(), admission);
        if (!admission.passed) {
            waiting = true;
            if (member.protocol().options().supportAdvisory()) {
                id.ifPresent(fast -> member.protocol().advisories().throttled(fast, window, out.destination()));
            }
            if (!patient) {
                admission.holds = true;
                member.line().hold();
            }
        }
    }

    /** Runs when there is space, perhaps at once. */
    private final class Admission implements Reply<Void> {
        private final Outgoing out;
        private boolean passed;
        private boolean holds;

        private Admission(Outgoing out) {
            this.out = out;
        }

        /** The address refuses what doesn't fit: that is said when the message is sent to it. */
        @Override
        public void failed(BrokerException full) {
            done(null);
        }

        @Override
        public void done(Void room) {
            passed = true;
            forward(out);
            if (waiting) {
                waiting = false;
                while (!waiting && !behind.isEmpty()) {
                    send(behind.poll(), true);
                }
            }
            if (holds) {
                member.line().release();
            }
        }
    }

    private void forward(Outgoing out) {
        if (!out.destination().temporary()) {
            pass(out);
            return;
        }
        member.destinations().requireTemporary(out.destination(), Reply.of(there -> pass(out), refusal -> {
            out.transaction().ifPresent(transaction -> transaction.failed(refusal));
            out.answer().failed(refusal);
        }));
    }

    private void pass(Outgoing out) {
        Session session = member.session();
        Reply<Void> answer = out.transaction().isEmpty() ? out.answer() : Reply.of(out.answer()::done, refusal -> {
            out.transaction().get().failed(refusal);
            out.answer().failed(refusal);
        });
        if (out.repetition().isPresent()) {
            session.schedule(out.message(), out.repetition().get(), out.transaction().map(Transactions.Open::use), answer);
        } else if (out.transaction().isEmpty()) {
            session.send(out.message(), answer);
        } else {
            session.send(out.message(), out.transaction().get().use(), answer);
        }
    }
}
