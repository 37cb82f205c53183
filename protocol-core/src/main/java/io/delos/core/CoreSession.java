package io.delos.core;

import io.delos.broker.BackPressure;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.core.AnswerPacket.Done;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.SessionPacket.AddMetadata;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Commit;
import io.delos.core.SessionPacket.Rollback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One session channel; owned by the loop of the connection over which it was made. Packets are dealt with in their order: one that has to wait for something else
 * than the broker's own ordering {@linkplain #hold() holds} those behind it, and the socket too once one is there.
 */
final class CoreSession implements Outbox.Copier {
    private static final Logger LOG = LogManager.getLogger(CoreSession.class);
    private static final String CLIENT_ID = "jms-client-id";
    /** Bytes that are kept for a client to get them again, beside two confirmation windows. */
    private static final long KEPT = 1 << 20;

    private final CoreHome handler;
    private final CreateSession request;
    private final Session session;
    private final CoreSends sends;
    private final CoreConsumers consumers;
    private final CoreTransactions transactions;
    private final CoreQueues queues;
    private final Confirmations confirmations;
    private final SentPackets sent;
    private final Deque<Waiting> waiting = new ArrayDeque<>(0);
    private int holds;
    private int owed;
    private boolean awaitingAnswers;
    private boolean socketPaused;
    private boolean draining;
    private boolean attached = true;
    private Optional<Runnable> onIdle = Optional.empty();
    private boolean closed;

    private record Waiting(Packet packet, int size) { }

    CoreSession(CoreHome handler, CreateSession request, Session session) {
        this.handler = handler;
        this.request = request;
        this.session = session;
        session.backPressure(BackPressure.CREDIT);
        session.dropUntypedToNowhere();
        this.transactions = new CoreTransactions(this);
        this.sends = new CoreSends(this);
        this.consumers = new CoreConsumers(this);
        this.queues = new CoreQueues(this);
        this.confirmations = new Confirmations(this, handler.connection().loop(), request.confirmationWindow());
        this.sent = new SentPackets(Math.min(handler.largestMessage(), KEPT + 2L * Math.max(0, request.confirmationWindow())));
    }

    /** Where it lives. */
    CoreHome handler() {
        return handler;
    }

    Session broker() {
        return session;
    }

    /** How the client asked for this session. */
    CreateSession request() {
        return request;
    }

    long channel() {
        return request.channel();
    }

    CoreConsumers consumers() {
        return consumers;
    }

    CoreTransactions transactions() {
        return transactions;
    }

    boolean closed() {
        return closed;
    }

    void receive(Packet packet, int size) throws MalformedPacketException {
        if (packet instanceof AnswerPacket.Confirmed confirmed) {
            handler.connection().client().keeps(-sent.confirmed(confirmed.command()));
            return;
        }
        if (holds == 0 && !draining) {
            handle(packet, size);
            return;
        }
        park(waiting::addLast, packet, size);
    }

    private void park(Consumer<Waiting> place, Packet packet, int size) {
        place.accept(new Waiting(packet.kept(), size));
        if (!socketPaused) {
            socketPaused = true;
            handler.pauseReading(true);
        }
    }

    /** Whether the client is told when the packet is dealt with, in the order of its packets. */
    private static boolean wantsAnswer(Packet packet) {
        if (packet instanceof ConsumerPacket consumer) {
            return consumer.wantsAnswer();
        }
        return packet != Bare.START && !(packet instanceof MessagePacket) && !(packet instanceof AnswerPacket.Confirmed);
    }

    /** Packets wait from now on, until as many {@link #release()}s. */
    void hold() {
        holds++;
    }

    void release() {
        holds--;
        if (holds > 0 || draining) {
            return;
        }
        draining = true;
        try {
            while (holds == 0 && !waiting.isEmpty() && !closed) {
                Waiting next = waiting.remove();
                handle(next.packet(), next.size());
            }
        } catch (MalformedPacketException e) {
            handler.end(e);
        } finally {
            draining = false;
        }
        if (holds == 0 && socketPaused) {
            socketPaused = false;
            handler.pauseReading(false);
        }
        checkIdle();
    }

    private void handle(Packet packet, int size) throws MalformedPacketException {
        if (owed > 0 && wantsAnswer(packet)) {
            // whoever awaits this answer takes it for another's if answers to sends come right behind it: those come first
            awaitingAnswers = true;
            hold();
            park(waiting::addFirst, packet, size);
            return;
        }
        Runnable dealtWith = confirmations.expect(packet, size);
        if (packet instanceof MessagePacket message && message.tail().answer()) {
            sends.handle(message, dealtWith);
            return;
        }
        if (packet instanceof MessagePacket message) {
            sends.handle(message, Confirmations.NOBODY);
        } else if (packet instanceof ConsumerPacket consumer) {
            consumers.handle(consumer);
        } else if (packet instanceof QueuePacket queue) {
            queues.handle(queue);
        } else if (packet instanceof SessionPacket own) {
            handle(own);
        } else {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says in a session");
        }
        if (dealtWith != Confirmations.NOBODY) {
            session.afterAll(dealtWith);
        }
    }

    private void handle(SessionPacket packet) throws MalformedPacketException {
        if (packet instanceof Bare bare) {
            handle(bare);
        } else if (packet instanceof Commit commit) {
            transactions.commit(commit);
        } else if (packet instanceof Rollback rollback) {
            transactions.rollback(rollback);
        } else if (packet instanceof AddMetadata metadata) {
            addMetadata(metadata);
        } else {
            transactions.handle(packet);
        }
    }

    private void handle(Bare packet) throws MalformedPacketException {
        switch (packet) {
            case START -> consumers.start();
            case STOP -> consumers.stop(this::done);
            case CLOSE -> close();
            default -> transactions.handle(packet);
        }
    }

    private void addMetadata(AddMetadata metadata) {
        if (metadata.key().equals(CLIENT_ID)) {
            handler.connection().client().describe(CoreProtocol.NAME, metadata.value());
        }
        if (metadata.form() == AddMetadata.Form.UNIQUE) {
            hold();
            handler.connection().client().claim(metadata.key() + "=" + metadata.value(), false, handler.connection()::close,
                    Reply.of(displaced -> {
                        done();
                        release();
                    }, refusal -> {
                        fail(refusal);
                        release();
                    }));
        } else if (metadata.answer()) {
            session.afterAll(this::done);
        }
    }

    void send(Packet packet) {
        if (!closed) {
            handler.outbox().write(channel(), packet, handler.version());
        }
    }

    void done() {
        done(AnswerPacket.UNCORRELATED);
    }

    void done(long correlation) {
        send(new Done(correlation));
    }

    void fail(BrokerException refusal) {
        send(CoreErrors.failed(refusal));
    }

    /** A reply that answers if the client wants it, and otherwise only logs refusals. */
    <T> Reply<T> answering(boolean wanted) {
        return wanted ? Reply.of(result -> done(), this::fail) : Reply.refusals(this::log);
    }

    /** A refusal nobody asked to hear of. */
    void log(BrokerException refusal) {
        LOG.warn("session {} of {}: {}", request.name(), handler.connection().remoteAddress(), refusal.getMessage());
    }

    void confirm() {
        confirmations.confirm();
    }

    /** Whether it may go on over another connection when its own is lost. */
    boolean resumable() {
        return request.confirmationWindow() >= 0;
    }

    SentPackets sent() {
        return sent;
    }

    @Override
    public boolean wrote(ByteBuf out, int start, int size) {
        Client client = handler.connection().client();
        client.keeps(sent.wrote(out, start, size, client.mayKeep()));
        return attached;
    }

    /** There is no connection: what is written is only kept. */
    void detach() {
        attached = false;
        if (socketPaused) {
            socketPaused = false;
            handler.pauseReading(false);
        }
    }

    /** Runs a task when everything that was received is dealt with; one task at a time. */
    void whenIdle(Runnable task) {
        onIdle = Optional.of(task);
        checkIdle();
    }

    /** Something was dealt with. */
    void checkIdle() {
        if (onIdle.isPresent() && (closed || waiting.isEmpty() && confirmations.idle())) {
            Runnable task = onIdle.get();
            onIdle = Optional.empty();
            task.run();
        }
    }

    /** The number of the last packet that was received. */
    int lastHeard() {
        return confirmations.last();
    }

    /** It goes on over another connection, with a client that has all up to this packet. */
    void attach(int lastConfirmed) {
        handler.connection().client().keeps(-sent.confirmed(lastConfirmed));
        attached = true;
        sent.all().forEach(handler.outbox()::write);
        handler.outbox().flush();
    }

    /** A message is on its way to the disk, and its sender waits to hear of it. */
    void owesAnswer() {
        owed++;
    }

    void answered() {
        owed--;
        if (owed == 0 && awaitingAnswers) {
            awaitingAnswers = false;
            release();
        }
    }

    private void close() {
        hold();
        sends.forgetLarge();
        transactions.abandon(Outcome.FAILED);
        consumers.closeAll(() -> transactions.leave(this::finish));
    }

    private void finish() {
        if (closed) {
            // the connection ended first
            return;
        }
        session.close(Outcome.RELEASED);
        confirmations.confirmEnd();
        done();
        over();
        handler.forget(this);
        release();
    }

    /** The connection is gone: everything under way has been tried in vain. */
    void abandon(Outcome forUnsettled) {
        if (!closed) {
            over();
            waiting.clear();
            sends.forgetLarge();
            transactions.abandon(forUnsettled);
            session.close(forUnsettled);
        }
    }

    private void over() {
        closed = true;
        handler.connection().client().keeps(-sent.bytes());
        checkIdle();
    }

    /** A name without the acceptor's prefixes. */
    String plain(String name) {
        return handler.prefixes().plain(name);
    }

}
