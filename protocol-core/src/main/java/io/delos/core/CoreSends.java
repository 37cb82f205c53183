package io.delos.core;

import io.delos.broker.BrokerException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a session's producers do; owned by the connection's loop. */
final class CoreSends {
    private final CoreSession session;
    private final Reply<Void> unanswered;
    private Optional<String> defaultAddress = Optional.empty();
    private Optional<LargeMessage> large = Optional.empty();
    /** What is counted of it, in bytes. */
    private long gathered;

    /** What a chunk takes beside its bytes, roughly. */
    private static final long CHUNK = 32;

    /** A message whose body is still arriving. Beyond the limit the chunks are counted but not kept. */
    private static final class LargeMessage {
        private final CoreMessage head;
        private final int limit;
        private final List<byte[]> chunks = new ArrayList<>();
        private long length;

        private LargeMessage(CoreMessage head, int limit) {
            this.head = head;
            this.limit = limit;
        }

        /** Keeps a chunk; answers what is kept in all, in bytes of memory. */
        private long add(byte[] chunk) {
            length += chunk.length;
            if (tooLong()) {
                chunks.clear();
                return 0;
            }
            if (chunk.length > 0) {
                chunks.add(chunk);
            }
            return length + chunks.size() * CHUNK;
        }

        private boolean tooLong() {
            return length + head.bytes().length > limit;
        }

        /** @param bodySize what the client says of the body's size before compression; negative if it does not say */
        private CoreMessage complete(long bodySize) {
            byte[] body = new byte[(int) length];
            int at = 0;
            for (byte[] chunk : chunks) {
                System.arraycopy(chunk, 0, body, at, chunk.length);
                at += chunk.length;
            }
            CoreMessage whole = head.withBody(body);
            return bodySize < 0 ? whole : whole.withProperties(Map.of(Names.LARGE_SIZE, bodySize));
        }
    }

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
                    room -> session.send(new ProducerCredits(true, request.credits(), request.address())),
                    full -> session.send(new ProducerCredits(false, request.credits(), request.address()))));
        } else if (packet instanceof SendLarge start) {
            large = Optional.of(new LargeMessage(start.message(), session.handler().largestMessage()));
            gather(start.message().bytes().length);
        } else if (packet instanceof SendChunk chunk) {
            add(chunk, dealtWith);
        } else if (!(packet instanceof CreateProducer || packet instanceof RemoveProducer)) {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
        }
    }

    private void send(CoreMessage message, SendTail tail, Runnable dealtWith) {
        if (message.address().isPresent() && defaultAddress.isEmpty()) {
            defaultAddress = message.address();
        }
        Optional<String> named = message.address().or(() -> defaultAddress);
        if (named.isEmpty()) {
            refuse(tail, dealtWith,
                    new BrokerException(Reason.INVALID_REQUEST, "the message has no address, and neither has its session"));
            return;
        }
        Reply<Void> reply = tail.answer() ? answer(tail, dealtWith) : unanswered;
        if (message.hints().routed()) {
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
        LargeMessage message = large.get();
        gather(message.head.bytes().length + message.add(chunk.chunk()));
        if (chunk.continues()) {
            if (chunk.tail().answer()) {
                session.broker().afterAll(() -> {
                    dealtWith.run();
                    session.done(chunk.tail().correlation());
                });
            }
            return;
        }
        forgetLarge();
        if (message.tooLong()) {
            refuse(chunk.tail(), dealtWith, new BrokerException(Reason.TOO_LARGE, "a message of " + message.length
                    + " bytes is larger than the " + message.limit + " this broker takes"));
        } else {
            send(message.complete(chunk.bodySize()), chunk.tail(), dealtWith);
        }
    }

    /** Nothing more will come of a large message that has been begun. */
    void forgetLarge() {
        large = Optional.empty();
        gather(0);
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
