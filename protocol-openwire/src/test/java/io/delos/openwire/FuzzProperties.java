package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.LocalTransactionId;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.SessionId;

/** Whatever the network brings is understood or refused with a sentence: nothing else, and for no more memory than there are bytes. */
class FuzzProperties {

    private static void read(byte[] frame, Wire wire) {
        try {
            int type = frame[0];
            if (Types.isMessage(type)) {
                byte[] room = StoredMessage.room(Unpooled.wrappedBuffer(frame), new byte[0]);
                WireMessage.Sent sent = StoredMessage.parse(room, 0, wire);
                StoredMessage.seal(room, 0, wire, sent);
                WireMessage again = new StoredMessage(room).read();
                assertThat(again.labels().destination()).isEqualTo(sent.message().labels().destination());
                if (again.body().properties().present()) {
                    Object[] found = Primitives.checked(again.body().properties(), "s", "x");
                    // what was checked is never found damaged later
                    assertThat(Primitives.find(again.body().properties(), "s")).isEqualTo(found[0]);
                    assertThat(again.properties().get("s")).isEqualTo(found[0]);
                }
                Bodies.read(again.kind(), again.body());
            } else if (type == Types.WIRE_FORMAT_INFO) {
                WireFormatInfo.read(new WireReader(frame, 1, frame.length, Wire.FIRST));
            } else {
                Command.read(type, new WireReader(frame, 1, frame.length, wire));
            }
        } catch (MalformedFrameException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    @Property(tries = 3000)
    void anyBytes(@ForAll @Size(min = 1, max = 200) byte[] bytes, @ForAll @IntRange(min = 1, max = 12) int version, @ForAll boolean tight,
                  @ForAll @IntRange(min = 0, max = 31) int type) {
        bytes[0] = (byte) type;
        read(bytes, new Wire(version, tight, true));
    }

    private static List<DataStructure> commands() throws Exception {
        ConnectionInfo connection = new ConnectionInfo(new ConnectionId("ID:c"));
        connection.setClientId("client");
        connection.setUserName("user");
        ConsumerInfo consumer = new ConsumerInfo(new org.apache.activemq.command.ConsumerId(new SessionId(new ConnectionId("ID:c"), 1), 2));
        consumer.setDestination(new ActiveMQQueue("q"));
        consumer.setSelector("a = 1");
        MessageAck ack = new MessageAck();
        ack.setConsumerId(consumer.getConsumerId());
        ack.setTransactionId(new LocalTransactionId(new ConnectionId("ID:c"), 3));
        ack.setFirstMessageId(new MessageId("ID:p:1:2:3:4"));
        ack.setLastMessageId(new MessageId("ID:p:1:2:3:5"));
        ack.setPoisonCause(new IllegalStateException("x", new RuntimeException("y")));
        return List.of(connection, consumer, ack, WireCompatibilityTest.message("grüß dich"));
    }

    @Property(tries = 400)
    void damagedCommands(@ForAll long seed, @ForAll boolean tight) throws Exception {
        Random random = new Random(seed);
        Wire wire = new Wire(12, tight, true);
        for (DataStructure command : commands()) {
            byte[] frame = new Library(wire).write(command);
            for (int i = random.nextInt(4); i >= 0; i--) {
                frame[1 + random.nextInt(frame.length - 1)] = (byte) random.nextInt();
            }
            read(frame, wire);
            read(java.util.Arrays.copyOf(frame, 1 + random.nextInt(frame.length)), wire);
        }
    }

    @Property(tries = 2000)
    void textsComeBack(@ForAll String text) throws MalformedFrameException {
        byte[] encoded = ModifiedUtf.encode(text);
        assertThat(encoded).hasSize(ModifiedUtf.length(text));
        assertThat(ModifiedUtf.read(encoded, 0, encoded.length)).isEqualTo(text);
        assertThat(ModifiedUtf.matches(encoded, 0, encoded.length, text)).isTrue();
        assertThat(ModifiedUtf.matches(encoded, 0, encoded.length, text + "x")).isFalse();
        assertThat(ModifiedUtf.length(ModifiedUtf.fitting(text, 5))).isLessThanOrEqualTo(5);
    }

    @Property(tries = 2000)
    void numbersComeBack(@ForAll long number, @ForAll int other, @ForAll boolean flag) throws MalformedFrameException {
        for (boolean tight : new boolean[] {true, false}) {
            Wire wire = new Wire(12, tight, true);
            WireWriter out = new WireWriter(wire).begin(1);
            out.number64(number);
            out.bool(flag);
            out.number64(number >>> 33);
            out.number32(other);
            out.number64(number >>> 50);
            byte[] frame = out.finished();
            WireReader in = new WireReader(frame, 1, frame.length, wire);
            assertThat(in.number64()).isEqualTo(number);
            assertThat(in.bool()).isEqualTo(flag);
            assertThat(in.number64()).isEqualTo(number >>> 33);
            assertThat(in.number32()).isEqualTo(other);
            assertThat(in.number64()).isEqualTo(number >>> 50);
        }
    }

    /** Flags have a length in one, two or three bytes. */
    @Example
    void manyFlags() throws MalformedFrameException {
        Wire wire = new Wire(12, true, true);
        for (int count : new int[] {1, 8, 9, 500, 512, 513, 2040, 2048, 2049, 30_000}) {
            WireWriter out = new WireWriter(wire).begin(1);
            for (int i = 0; i < count; i++) {
                out.bool(i % 3 == 0);
            }
            out.number32(77);
            byte[] frame = out.finished();
            assertThat(out.size()).isEqualTo(frame.length);
            WireReader in = new WireReader(frame, 1, frame.length, wire);
            for (int i = 0; i < count; i++) {
                assertThat(in.bool()).isEqualTo(i % 3 == 0);
            }
            assertThat(in.number32()).isEqualTo(77);
        }
    }
}
