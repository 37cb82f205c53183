package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.core.AnswerPacket.Done;
import io.delos.core.AnswerPacket.Failed;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.ConsumerPacket.CreateConsumer;
import io.delos.core.ConsumerPacket.FlowTokens;
import io.delos.core.MessagePacket.ReceiveLarge;
import io.delos.core.MessagePacket.SendChunk;
import io.delos.core.MessagePacket.SendLarge;
import io.delos.core.MessagePacket.SendTail;
import io.delos.core.QueuePacket.CreateQueue;
import io.delos.core.SessionPacket.Bare;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large messages as no proper client sends them, packet by packet. */
class LargeWireIT {
    private static final long CHANNEL = 10;
    private static final int CHUNK = 500_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private RawConnection wire;
    private String queue;

    @BeforeEach
    void connect() throws Exception {
        wire = new RawConnection(SERVER.port());
        wire.speak(Version.CURRENT);
    }

    @AfterEach
    void disconnect() throws IOException {
        wire.close();
    }

    private void open(boolean autoCommitSends) throws Exception {
        wire.send(1, new CreateSession(UUID.randomUUID().toString(), CHANNEL, Version.CURRENT, Optional.empty(), Optional.empty(), 1000, false,
                autoCommitSends, true, -1, false, Optional.empty(), true, Optional.empty()));
        wire.claim(SessionCreated.class);
        queue = "wire.large." + SERVER.unique();
        wire.send(CHANNEL, new CreateQueue(queue, queue, Optional.empty(), true, false, true, false, QueuePacket.ANYCAST, -1, false,
                QueueAttributes.NONE));
        wire.claim(Done.class);
    }

    /** So many chunks; the last one says that they are {@code announced} bytes together. */
    private void send(int chunks, long announced, long correlation, Map<String, Object> properties) throws IOException {
        CoreMessage head = CoreMessage.create(new CoreMessage.Head(0, Optional.of(queue), Optional.empty(), CoreMessage.BYTES_KIND, true, 0, 0,
                (byte) 4, properties), Unpooled.buffer());
        wire.send(CHANNEL, new SendLarge(head));
        for (int i = 1; i < chunks; i++) {
            wire.send(CHANNEL, new SendChunk(ByteBuffer.allocate(CHUNK), true, -1, SendTail.NO_ANSWER));
        }
        wire.send(CHANNEL, new SendChunk(ByteBuffer.allocate(CHUNK), false, announced, new SendTail(true, correlation, 0)));
    }

    @ParameterizedTest
    @CsvSource({"4, 1999999", "4, 2000001", "4, 0", "4, -2", "4, -9223372036854775808", "4, 9223372036854775807", "4, 2147483648",
        "1, 499999", "1, -2"})
    void aWrongSizeIsRefusedAndTheSessionGoesOn(int chunks, long announced) throws Exception {
        open(true);
        send(chunks, announced, 3, Map.of());
        Failed failed = wire.claim(Failed.class);
        assertThat(failed.code()).isEqualTo(104);
        assertThat(failed.correlation()).isEqualTo(OptionalLong.of(3));
        await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
        send(4, 4 * CHUNK, 4, Map.of());
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(4);
        takes(4 * CHUNK);
    }

    @Test
    void whoDoesNotSayOrCompressesIsBelieved() throws Exception {
        open(true);
        send(4, -1, 1, Map.of());
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(1);
        takes(4 * CHUNK);
        send(3, 1 << 30, 2, Map.of(Names.LARGE_COMPRESSED, true));
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(2);
        takes(3 * CHUNK);
    }

    /** The next message has so many bytes, and goes with its queue. */
    private void takes(long length) throws Exception {
        wire.send(CHANNEL, new CreateConsumer(0, queue, Optional.empty(), false, true, 0));
        wire.send(CHANNEL, new FlowTokens(0, 1));
        wire.send(CHANNEL, Bare.START);
        assertThat(wire.claim(ReceiveLarge.class).bodySize()).isEqualTo(length);
        wire.send(CHANNEL, new ConsumerPacket.CloseConsumer(0));
        wire.claim(Done.class);
        SERVER.server().broker().findQueue(queue).orElseThrow();
        wire.send(CHANNEL, new QueuePacket.DeleteQueue(queue));
        wire.claim(Done.class);
        await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
        wire.send(CHANNEL, new CreateQueue(queue, queue, Optional.empty(), true, false, true, false, QueuePacket.ANYCAST, -1, false,
                QueueAttributes.NONE));
        wire.claim(Done.class);
    }

    @Test
    void aTransactionWithAWrongSizeCannotBeCommitted() throws Exception {
        open(false);
        send(4, 4 * CHUNK, 1, Map.of());
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(1);
        send(4, 17, 2, Map.of());
        assertThat(wire.claim(Failed.class).code()).isEqualTo(104);
        wire.send(CHANNEL, new SessionPacket.Commit(OptionalLong.empty()));
        wire.claim(Failed.class);
        await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
    }

    @Test
    void oneThatBeginsBeforeTheLastHasEndedTakesItsPlace() throws Exception {
        open(true);
        CoreMessage head = CoreMessage.create(new CoreMessage.Head(0, Optional.of(queue), Optional.empty(), CoreMessage.BYTES_KIND, true, 0, 0,
                (byte) 4, Map.of()), Unpooled.buffer());
        wire.send(CHANNEL, new SendLarge(head));
        for (int i = 0; i < 4; i++) {
            wire.send(CHANNEL, new SendChunk(ByteBuffer.allocate(CHUNK), true, -1, SendTail.NO_ANSWER));
        }
        await().untilAsserted(() -> assertThat(SERVER.bodies()).hasSize(1));
        send(3, 3 * CHUNK, 1, Map.of());
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(SERVER.bodies()).hasSize(1));
        takes(3 * CHUNK);
    }
}
