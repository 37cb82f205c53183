package io.delos.broker;

import io.delos.message.LargeBody;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The bodies of large messages that a session is sent and is sending on. Owned by the session's loop. */
final class SessionBodies {

    private final Session session;
    private final Broker broker;
    private final Set<IncomingBody> incoming = new HashSet<>(0);
    private final Set<OutgoingBody> outgoing = new HashSet<>(0);

    SessionBodies(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    IncomingBody receive(String address, boolean durable, Runnable progress) {
        IncomingBody body = new IncomingBody(session, broker.store().bodies().create(session.loop(), durable), broker.diskGuard(),
                broker.settingsFor(address).limits().diskFullPolicy(), progress);
        incoming.add(body);
        return body;
    }

    /** In its turn: the session waits until the body is on the disk, and then sends what it is part of. */
    void send(IncomingBody body, Optional<Transaction> transaction, Reply<Void> done, Consumer<Reply<Void>> sending) {
        Reply<Void> answer = Reply.of(sent -> {
            body.close();
            done.done(sent);
        }, refusal -> {
            body.close();
            transaction.ifPresent(whole -> whole.markRollbackOnly(refusal));
            done.failed(refusal);
        });
        session.turns().block();
        body.seal(failure -> {
            if (failure.isPresent()) {
                answer.failed(lost(failure.get()));
            } else {
                sending.accept(answer);
            }
            session.turns().unblock();
        });
    }

    private static BrokerException lost(IOException cause) {
        return new BrokerException(Reason.UNAVAILABLE, "the broker can't write the body of the message: " + cause.getMessage());
    }

    Optional<OutgoingBody> read(LargeBody body) {
        Optional<OutgoingBody> reading = broker.store().bodies().read(body, session.loop()).map(reader -> new OutgoingBody(session, reader));
        reading.ifPresent(outgoing::add);
        return reading;
    }

    void forget(IncomingBody body) {
        incoming.remove(body);
    }

    void forget(OutgoingBody body) {
        outgoing.remove(body);
    }

    /** The session ends. */
    void close() {
        List.copyOf(incoming).forEach(IncomingBody::close);
        List.copyOf(outgoing).forEach(OutgoingBody::close);
    }
}
