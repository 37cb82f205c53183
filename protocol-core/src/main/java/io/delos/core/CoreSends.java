package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.config.RoutingType;
import io.delos.core.MessagePacket.CreateProducer;
import io.delos.core.MessagePacket.ProducerCredits;
import io.delos.core.MessagePacket.RemoveProducer;
import io.delos.core.MessagePacket.RequestCredits;
import io.delos.core.MessagePacket.Send;
import io.delos.core.MessagePacket.SendChunk;
import io.delos.core.MessagePacket.SendLarge;
import io.delos.core.MessagePacket.SendTail;
import io.delos.message.Message;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** What a session's producers do; owned by the connection's loop. */
final class CoreSends {
    /** In bytes: some chunks of a large message, as clients cut it. */
    static final int ADVANCE = 512 << 10;
    private static final int MOST_ADVANCED = 16;

    private final CoreSession session;
    private final Reply<Void> unanswered;
    private Optional<String> defaultAddress = Optional.empty();
    private Optional<ArrivingLarge> large = Optional.empty();
    /** The addresses, as the client writes them, for which it got more than it asked for. */
    private final Set<String> advanced = new HashSet<>();
    /** What is counted of it, in bytes. */
    private long gathered;

    CoreSends(CoreSession session) {
        this.session = session;
        this.unanswered = Reply.of(done -> { }, this::failed);
        this.defaultAddress = session.request().defaultAddress();
    }

    /** @param dealtWith to be run when a packet that wants an answer is answered */
    void handle(MessagePacket packet, Runnable dealtWith) throws MalformedPacketException {
        if (packet instanceof Send send) {
            send(send.message(), send.tail(), dealtWith);
        } else if (packet instanceof RequestCredits request) {
            session.broker().awaitSpace(address(request.address()), 1, Math.max(0, request.credits()), Reply.of(
                    room -> session.send(new ProducerCredits(true, request.credits() + advance(request), request.address())),
                    full -> session.send(new ProducerCredits(false, request.credits(), request.address()))));
        } else if (packet instanceof SendLarge start) {
            begin(start.message());
        } else if (packet instanceof SendChunk chunk) {
            add(chunk, dealtWith);
        } else if (!(packet instanceof CreateProducer || packet instanceof RemoveProducer)) {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
        }
    }

    /**
     * What a client is given that asks while it sends a large message, beside what it asks for: its window is smaller than one chunk of that, so
     * that otherwise it would wait after each. Once for an address.
     */
    private int advance(RequestCredits request) {
        boolean small = 0 < request.credits() && request.credits() <= ADVANCE;
        boolean first = large.isPresent() && small && advanced.size() < MOST_ADVANCED && advanced.add(request.address());
        return first ? ADVANCE : 0;
    }

    private Optional<String> addressOf(CoreMessage message) {
        if (message.address().isPresent() && defaultAddress.isEmpty()) {
            defaultAddress = message.address();
        }
        return message.address().or(() -> defaultAddress);
    }

    private void send(CoreMessage message, SendTail tail, Runnable dealtWith) {
        send(message, Optional.empty(), tail, dealtWith);
    }

    private void send(CoreMessage message, Optional<IncomingBody> body, SendTail tail, Runnable dealtWith) {
        Optional<String> named = addressOf(message);
        if (named.isEmpty()) {
            refuse(tail, dealtWith,
                    new BrokerException(Reason.INVALID_REQUEST, "the message has no address, and neither has its session"));
            return;
        }
        Reply<Void> reply = tail.answer() ? answer(tail, dealtWith) : unanswered;
        if (body.isPresent()) {
            sendLarge(message, named.get(), body.get(), reply);
        } else if (message.hints().routed()) {
            sendRouted(Routed.of(message), named.get(), reply);
        } else {
            send(envelope(message, named.get()), reply);
        }
    }

    private void send(Message envelope, Reply<Void> reply) {
        Optional<Transaction> transaction = session.transactions().sending();
        if (transaction.isEmpty()) {
            session.broker().send(envelope, reply);
        } else {
            session.broker().send(envelope, transaction.get(), reply);
        }
    }

    /** A message whose body is in a file. */
    private void sendLarge(CoreMessage message, String address, IncomingBody body, Reply<Void> reply) {
        Optional<long[]> queues = Optional.empty();
        CoreMessage own = message;
        if (message.hints().routed()) {
            Routed routed = Routed.of(message);
            own = routed.message();
            queues = routed.queues();
        }
        Message envelope = envelope(own, address).toBuilder().body(body.body()).build();
        session.broker().sendLarge(body, envelope, queues, session.transactions().sending(), reply);
    }

    private void sendRouted(Routed routed, String address, Reply<Void> reply) {
        Message envelope = envelope(routed.message(), address);
        if (routed.queues().isEmpty()) {
            send(envelope, reply);
        } else {
            session.broker().sendTo(routed.queues().get(), envelope, session.transactions().sending(), reply);
        }
    }

    private Message envelope(CoreMessage message, String named) {
        Message envelope = CoreFormat.envelope(message, named);
        boolean old = session.handler().version() < Version.ADDRESS_MODEL;
        if (!old && session.handler().prefixes().all().isEmpty()) {
            return envelope;
        }
        Prefixes.Name name = session.handler().prefixes().strip(named);
        byte routing = envelope.routing();
        if (routing == Message.ROUTE_BOTH) {
            routing = name.type().map(RoutingType::code).orElse(old ? oldRouting(named) : Message.ROUTE_BOTH);
        }
        return envelope.toBuilder().address(name.plain()).routing(routing).build();
    }

    /** Before there were routing types the name said what it was. */
    private static byte oldRouting(String address) {
        return address.startsWith("jms.") ? QueuePacket.CreateQueue.oldRoutingType(address) : Message.ROUTE_BOTH;
    }

    private Reply<Void> answer(SendTail tail, Runnable dealtWith) {
        session.owesAnswer();
        return Reply.of(done -> {
            dealtWith.run();
            session.done(tail.correlation());
            session.answered();
        }, refusal -> {
            refused(tail, dealtWith, refusal);
            session.answered();
        });
    }

    /** Nobody waits for the answer; a transaction's commit will give it. */
    private void failed(BrokerException refusal) {
        if (session.transactions().sending().isEmpty()) {
            session.log(refusal);
        }
    }

    /** What never reached the broker fails like what the broker refused: a transaction of which it was part can't be committed. */
    private void refuse(SendTail tail, Runnable dealtWith, BrokerException refusal) {
        session.transactions().sendFailed(refusal);
        session.broker().afterAll(() -> refused(tail, dealtWith, refusal));
    }

    private void refused(SendTail tail, Runnable dealtWith, BrokerException refusal) {
        dealtWith.run();
        if (!tail.answer()) {
            failed(refusal);
        } else {
            session.send(new AnswerPacket.Failed(CoreErrors.code(refusal.reason()), Optional.of(refusal.getMessage()),
                    OptionalLong.of(tail.correlation())));
        }
    }

    private void add(SendChunk chunk, Runnable dealtWith) {
        if (large.isEmpty()) {
            refuse(chunk.tail(), dealtWith, new BrokerException(Reason.INVALID_REQUEST, "a part of a large message that was not begun"));
            return;
        }
        ArrivingLarge message = large.get();
        message.add(chunk.chunk());
        account();
        if (chunk.continues()) {
            if (chunk.tail().answer()) {
                session.broker().afterAll(() -> {
                    dealtWith.run();
                    session.done(chunk.tail().correlation());
                });
            }
            return;
        }
        large = Optional.empty();
        Optional<BrokerException> refusal = message.refusal(chunk.bodySize());
        if (refusal.isPresent()) {
            message.abandon();
            refuse(chunk.tail(), dealtWith, refusal.get());
        } else {
            send(message.complete(chunk.bodySize()), message.file(), chunk.tail(), dealtWith);
        }
        account();
    }

    /** The body that follows is only counted when its sender may not send it. */
    private void begin(CoreMessage head) {
        forgetLarge();
        Optional<String> named = addressOf(head);
        String plain = named.map(session::plain).orElse("");
        AtomicReference<BrokerException> refusal = new AtomicReference<>();
        session.broker().checkSend(plain, Reply.of(may -> { }, refusal::set));
        large = Optional.of(new ArrivingLarge(session, head, plain, session.handler().largestInline(), Optional.ofNullable(refusal.get()),
                this::account));
        account();
    }

    private void account() {
        gather(large.map(ArrivingLarge::held).orElse(0L));
    }

    /** Nothing more will come of a large message that has been begun. */
    void forgetLarge() {
        large.ifPresent(ArrivingLarge::abandon);
        large = Optional.empty();
        account();
    }

    private void gather(long bytes) {
        session.handler().connection().unfinished().add(bytes - gathered);
        gathered = bytes;
    }

    /** The address behind prefixes and before a queue's name. */
    private String address(String name) {
        String plain = session.plain(name);
        int separator = plain.indexOf("::");
        return separator > 0 ? plain.substring(0, separator) : plain;
    }
}
