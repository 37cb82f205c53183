package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the sections of a message on its way through the broker (AMQP 1.0 part 3 §3.2). */
class AmqpMessageIT extends WireCase {

    private static final int MESSAGES = 60;

    /** A seed, so that what fails can be seen again. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theBareMessageAndTheAnnotationsArriveAsTheyWereSent(long seed) throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        RandomMessage random = new RandomMessage(new Random(seed));
        for (int i = 0; i < MESSAGES; i++) {
            RandomMessage.Sections sent = random.next();
            peer.put(0, sent.all());
            outcome();
            peer.credit(1, 1, i, false);
            Transfer transfer = transfer();
            assertThat(RandomMessage.withoutHeader(peer.payloadBytes())).as("message %s of seed %s", i, seed).isEqualTo(sent.kept());
            assertThat(peer.payload().getDeliveryCount()).isZero();
            assertThat(peer.payload().isDurable()).isEqualTo(sent.durable());
            assertThat(peer.payload().getPriority()).isEqualTo(sent.priority());
            assertThat(peer.payload().getDeliveryAnnotations()).isNull();
            peer.settle(transfer.getDeliveryId().intValue(), transfer.getDeliveryId().intValue(), Accepted.getInstance());
        }
    }

    /** Credit for more may come with it. */
    private void outcome() throws IOException {
        Object frame = peer.next().getBody();
        while (frame instanceof Flow) {
            frame = peer.next().getBody();
        }
        assertThat(frame).isInstanceOf(Disposition.class);
        assertThat(((Disposition) frame).getState()).isInstanceOf(Accepted.class);
    }

    private Transfer transfer() throws IOException {
        Object frame = peer.next().getBody();
        while (frame instanceof Flow) {
            frame = peer.next().getBody();
        }
        assertThat(frame).isInstanceOf(Transfer.class);
        return (Transfer) frame;
    }

    private static Message text(String body) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(body));
        return message;
    }

    private void put(Message message) throws IOException {
        peer.put(0, Encoded.of(message));
        outcome();
    }

    @Test
    void whatIsForLaterWaitsAndKeepsItsAnnotation() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        Message atATime = text("at a time");
        long due = System.currentTimeMillis() + 300;
        atATime.setMessageAnnotations(new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-delivery-time"), due)));
        put(atATime);
        Message afterAWhile = text("after a while");
        afterAWhile.setMessageAnnotations(new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-delivery-delay"), 600L)));
        put(afterAWhile);
        put(text("at once"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 5, 0, false);
        assertThat(peer.take()).isEqualTo("at once");
        assertThat(peer.take()).isEqualTo("at a time");
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);
        assertThat(peer.payload().getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-delivery-time"), due);
        assertThat(peer.take()).isEqualTo("after a while");
        assertThat(peer.payload().getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-delivery-delay"), 600L);
    }

    @Test
    void whatIsOverGoesToTheExpiryAddress() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        Message over = text("over");
        over.setExpiryTime(System.currentTimeMillis() - 1000);
        over.setTtl(100_000);
        put(over);
        put(text("lasting"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 5, 0, false);
        assertThat(peer.take()).isEqualTo("lasting");
        org.apache.qpid.proton.amqp.messaging.Source expired = WirePeer.source("ExpiryQueue", "queue");
        peer.receiver(2, expired);
        peer.credit(2, 1, 0, false);
        assertThat(peer.take()).isEqualTo("over");
        Map<Symbol, Object> annotations = peer.payload().getMessageAnnotations().getValue();
        assertThat(annotations).containsEntry(Symbol.valueOf("x-opt-ORIG-ADDRESS"), queue).containsEntry(Symbol.valueOf("x-opt-ORIG-QUEUE"), queue)
                .containsKey(Symbol.valueOf("x-opt-ACTUAL-EXPIRY"));
        assertThat(peer.payload().getExpiryTime()).isZero();
        assertThat(peer.payload().getTtl()).isZero();
        peer.settle(1, 1, Accepted.getInstance());
    }

    @Test
    void aDuplicateIsAcceptedAndDropped() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        for (Object id : List.of("one", "one", new Binary(new byte[] {1, 2}), new Binary(new byte[] {1, 2}))) {
            Message message = text(id.toString());
            message.setApplicationProperties(new ApplicationProperties(Map.of("_AMQ_DUPL_ID", id)));
            put(message);
        }
        put(text("last"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 5, 0, false);
        assertThat(List.of(peer.take(), peer.take(), peer.take())).element(2).isEqualTo("last");
    }

    @Test
    void aGroupStaysTogether() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.receiver(2, WirePeer.source(queue, "queue"));
        peer.credit(1, 10, 0, false);
        peer.credit(2, 10, 0, false);
        Map<String, Object> owners = new HashMap<>();
        for (int i = 0; i < 8; i++) {
            Message message = text("m" + i);
            String group = "g" + i % 4;
            message.setGroupId(group);
            peer.put(0, Encoded.of(message));
            for (int left = 2; left > 0; left--) {
                Object frame = peer.next().getBody();
                left += frame instanceof Flow ? 1 : 0;
                if (frame instanceof Transfer transfer) {
                    assertThat(peer.payload().getGroupId()).isEqualTo(group);
                    assertThat(owners.merge(group, transfer.getHandle(), (known, now) -> known)).isEqualTo(transfer.getHandle());
                }
            }
        }
        assertThat(owners).hasSize(4);
        assertThat(owners.values().stream().distinct()).hasSize(2);
    }

    /** Messages of any shape, written section by section. */
    private static final class RandomMessage {
        private final Random random;

        RandomMessage(Random random) {
            this.random = random;
        }

        /** What was sent: all of it, and what is to come out behind the header. */
        record Sections(byte[] all, byte[] kept, boolean durable, short priority) { }

        Sections next() {
            boolean header = random.nextBoolean();
            boolean durable = header && random.nextBoolean();
            short priority = header ? (short) random.nextInt(10) : 4;
            AmqpWriter front = new AmqpWriter(64);
            if (header) {
                front.descriptor(AmqpReader.HEADER);
                int list = front.beginList();
                front.bool(durable).ubyte(priority).uint(3_600_000).end(list, 3);
            }
            if (random.nextBoolean()) {
                front.descriptor(AmqpReader.DELIVERY_ANNOTATIONS);
                map(front, true);
            }
            AmqpWriter kept = new AmqpWriter(256);
            if (random.nextBoolean()) {
                kept.descriptor(AmqpReader.MESSAGE_ANNOTATIONS);
                map(kept, true);
            }
            if (random.nextBoolean()) {
                properties(kept);
            }
            if (random.nextBoolean()) {
                kept.descriptor(AmqpReader.APPLICATION_PROPERTIES);
                map(kept, false);
            }
            body(kept);
            if (random.nextInt(4) == 0) {
                kept.descriptor(AmqpReader.FOOTER);
                map(kept, true);
            }
            return new Sections(WirePeer.join(front.toBytes(), kept.toBytes()), kept.toBytes(), durable, priority);
        }

        static byte[] withoutHeader(byte[] message) {
            AmqpReader reader = new AmqpReader(message);
            if (message.length == 0 || reader.nextSection() != AmqpReader.HEADER) {
                return message;
            }
            return Arrays.copyOfRange(message, reader.endOfValue(), message.length);
        }

        private void map(AmqpWriter out, boolean annotations) {
            int place = out.beginMap();
            int entries = random.nextInt(4);
            for (int i = 0; i < entries; i++) {
                if (annotations) {
                    out.symbol("x-opt-some-" + i);
                    value(out, 0);
                } else {
                    out.string("name-" + i);
                    scalar(out);
                }
            }
            out.end(place, entries * 2);
        }

        private void properties(AmqpWriter out) {
            out.descriptor(AmqpReader.PROPERTIES);
            int place = out.beginList();
            switch (random.nextInt(4)) {
                case 0: out.ulong(random.nextLong()); break;
                case 1: out.uuid(new java.util.UUID(random.nextLong(), random.nextLong())); break;
                case 2: out.binary(bytes(20)); break;
                default: out.string("id-" + random.nextInt());
            }
            out.binary(bytes(5)).string("elsewhere").string("subject").nothing().ulong(random.nextInt(1000)).symbol("text/odd").symbol("gzip")
                    .nothing().timestamp(random.nextInt()).nothing().uint(random.nextInt(100)).string("back").end(place, 13);
        }

        private void body(AmqpWriter out) {
            int sections = 1 + random.nextInt(4);
            switch (random.nextInt(3)) {
                case 0:
                    for (int i = 0; i < sections; i++) {
                        out.descriptor(AmqpReader.DATA).binary(bytes(600));
                    }
                    break;
                case 1:
                    for (int i = 0; i < sections; i++) {
                        out.descriptor(AmqpReader.SEQUENCE);
                        list(out, 1);
                    }
                    break;
                default:
                    out.descriptor(AmqpReader.VALUE);
                    value(out, 0);
            }
        }

        private byte[] bytes(int most) {
            byte[] bytes = new byte[random.nextInt(most)];
            random.nextBytes(bytes);
            return bytes;
        }

        private void list(AmqpWriter out, int depth) {
            int place = out.beginList();
            int elements = random.nextInt(5);
            for (int i = 0; i < elements; i++) {
                value(out, depth);
            }
            out.end(place, elements);
        }

        private void value(AmqpWriter out, int depth) {
            switch (depth > 3 ? 9 : random.nextInt(10)) {
                case 0: list(out, depth + 1); break;
                case 1:
                    int place = out.beginMap();
                    value(out.string("k"), depth + 1);
                    out.end(place, 2);
                    break;
                case 2:
                    // a described type that nobody here knows, by a number or by a name
                    out.put(0);
                    if (random.nextBoolean()) {
                        out.ulong(random.nextLong());
                    } else {
                        out.symbol("example.org:unknown:list");
                    }
                    value(out, depth + 1);
                    break;
                case 3: out.put(0xe0).put(4).put(2).put(0x50).put(7).put(8); break;
                default: scalar(out);
            }
        }

        private void scalar(AmqpWriter out) {
            switch (random.nextInt(12)) {
                case 0: out.nothing(); break;
                case 1: out.bool(random.nextBoolean()); break;
                case 2: out.ubyte(random.nextInt(256)); break;
                case 3: out.uint(random.nextInt() & 0xffff_ffffL); break;
                case 4: out.ulong(random.nextLong()); break;
                case 5: out.timestamp(random.nextLong()); break;
                case 6: out.symbol("symbol"); break;
                case 7: out.binary(bytes(300)); break;
                case 8: out.value(random.nextDouble()); break;
                case 9: out.put(0x74).put32(random.nextInt()); break;
                case 10: out.put(0x73).put32(0x1f600); break;
                default: out.string("x".repeat(random.nextInt(300)));
            }
        }
    }
}
