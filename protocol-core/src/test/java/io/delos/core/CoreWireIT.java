package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.core.AnswerPacket.Confirmed;
import io.delos.core.AnswerPacket.Done;
import io.delos.core.AnswerPacket.Failed;
import io.delos.core.ConnectionPacket.CheckFailover;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.FailoverChecked;
import io.delos.core.ConnectionPacket.Ping;
import io.delos.core.ConnectionPacket.Reattach;
import io.delos.core.ConnectionPacket.Reattached;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.ConnectionPacket.SubscribeTopology;
import io.delos.core.ConnectionPacket.Topology;
import io.delos.core.ConsumerPacket.Acknowledge;
import io.delos.core.ConsumerPacket.CloseConsumer;
import io.delos.core.ConsumerPacket.CreateConsumer;
import io.delos.core.ConsumerPacket.FlowTokens;
import io.delos.core.ConsumerPacket.ForceDelivery;
import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.Send;
import io.delos.core.MessagePacket.SendChunk;
import io.delos.core.MessagePacket.SendTail;
import io.delos.core.QueuePacket.CreateQueue;
import io.delos.core.QueuePacket.DeleteQueue;
import io.delos.core.QueuePacket.QueueAnswer;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Commit;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What no well-behaved client provokes, packet by packet. */
class CoreWireIT {
    private static final long CHANNEL = 10;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private RawConnection wire;

    @BeforeEach
    void connect() throws IOException {
        wire = new RawConnection(SERVER.port());
        wire.speak(Version.CURRENT);
    }

    @AfterEach
    void disconnect() throws IOException {
        wire.close();
    }

    private static CreateSession session(int version, int window, boolean autoCommitAcks) {
        return new CreateSession(UUID.randomUUID().toString(), CHANNEL, version, Optional.empty(), Optional.empty(), 1000, false, true,
                autoCommitAcks, window, false, Optional.empty(), true, Optional.empty());
    }

    private void open(int window, boolean autoCommitAcks) throws Exception {
        wire.send(1, session(Version.CURRENT, window, autoCommitAcks));
        assertThat(wire.claim(SessionCreated.class).serverVersion()).isEqualTo(136);
    }

    private String queue() throws Exception {
        String name = "wire." + SERVER.unique();
        wire.send(CHANNEL, new CreateQueue(name, name, Optional.empty(), true, false, true, false, QueuePacket.ANYCAST, -1, false,
                QueueAttributes.NONE));
        wire.claim(Done.class);
        return name;
    }

    private static CoreMessage message(Optional<String> address) {
        return CoreMessage.create(new CoreMessage.Head(0, address, Optional.empty(), CoreMessage.TEXT_KIND, true, 0, 0, (byte) 4, Map.of()),
                Unpooled.buffer());
    }

    @Test
    void connectionRequests() throws Exception {
        wire.send(0, new Ping(12345));
        assertThat(wire.claim(Ping.class).ttl()).isEqualTo(12345);
        wire.send(0, new SubscribeTopology(false, OptionalInt.of(136)));
        Topology topology = wire.claim(Topology.class);
        assertThat(topology.last()).isTrue();
        assertThat(topology.nodeId()).isEqualTo(SERVER.server().broker().nodeId());
        wire.send(1, new CheckFailover(Optional.of("x")));
        assertThat(wire.claim(FailoverChecked.class).ok()).isTrue();
        wire.send(1, new Reattach("unknown", -1));
        assertThat(wire.claim(Reattached.class)).isEqualTo(new Reattached(-1, false));
    }

    @Test
    void versionsWeDoNotSpeakAreRefusedAndMayBeTriedAgain() throws Exception {
        wire.send(1, session(137, -1, true));
        assertThat(wire.claim(Failed.class).code()).isEqualTo(108);
        wire.send(1, session(120, -1, true));
        assertThat(wire.claim(Failed.class).code()).isEqualTo(108);
        open(-1, true);
    }

    @Test
    void framesForNobodyAreDropped() throws Exception {
        wire.send(77, Bare.START);
        wire.send(0, new Ping(1000));
        assertThat(wire.claim(Ping.class)).isNotNull();
    }

    @Test
    void whatOnlyABrokerSaysEndsTheConnection() throws Exception {
        open(-1, true);
        wire.send(CHANNEL, new Done(5));
        assertThat(wire.isHungUp()).isTrue();
    }

    @Test
    void strangersMayNotSendLongFrames() throws Exception {
        try {
            wire.send(1, new Reattach("x".repeat(70_000), -1));
        } catch (SocketException refused) {
            // the broker hung up before all of it was written, which is as good
            return;
        }
        assertThat(wire.isHungUp()).isTrue();
    }

    @Test
    void theFirstAddressIsTheDefault() throws Exception {
        open(-1, true);
        String queue = queue();
        wire.send(CHANNEL, new Send(message(Optional.empty()), new SendTail(true, 7, 0)));
        Failed failed = wire.claim(Failed.class);
        assertThat(failed.code()).isEqualTo(104);
        assertThat(failed.correlation()).isEqualTo(OptionalLong.of(7));
        wire.send(CHANNEL, new Send(message(Optional.of(queue)), new SendTail(true, 8, 0)));
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(8);
        wire.send(CHANNEL, new Send(message(Optional.empty()), new SendTail(true, 9, 0)));
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(9);
        consume(queue);
        assertThat(wire.claim(Receive.class).message().address()).contains(queue);
        assertThat(wire.claim(Receive.class).message().address()).contains(queue);
    }

    @Test
    void numbersOfQuestionsNeedNoOrder() throws Exception {
        open(-1, true);
        String queue = queue();
        for (long number : new long[] {900, 2, 2, Long.MAX_VALUE, 1}) {
            wire.send(CHANNEL, new Send(message(Optional.of(queue)), new SendTail(true, number, 0)));
            assertThat(wire.claim(Done.class).correlation()).isEqualTo(number);
        }
    }

    private void consume(String queue) throws Exception {
        wire.send(CHANNEL, new CreateConsumer(0, queue, Optional.empty(), false, true, 0));
        assertThat(wire.claim(QueueAnswer.class).consumerCount()).isEqualTo(1);
        wire.send(CHANNEL, new FlowTokens(0, 1_000_000));
        wire.send(CHANNEL, Bare.START);
    }

    @Test
    void partsOfNothingAreRefused() throws Exception {
        open(-1, true);
        wire.send(CHANNEL, new SendChunk(ByteBuffer.allocate(5), false, 5, new SendTail(true, 3, 0)));
        Failed failed = wire.claim(Failed.class);
        assertThat(failed.code()).isEqualTo(104);
        assertThat(failed.correlation()).isEqualTo(OptionalLong.of(3));
    }

    @Test
    void whatWasNotDeliveredCannotBeAcknowledged() throws Exception {
        open(-1, false);
        String queue = queue();
        consume(queue);
        wire.send(CHANNEL, new Acknowledge(false, 0, 4711, true));
        assertThat(wire.claim(Failed.class).code()).isEqualTo(104);
        wire.send(CHANNEL, new Commit(OptionalLong.of(5)));
        Failed failed = wire.claim(Failed.class);
        assertThat(failed.code()).isEqualTo(104);
        assertThat(failed.correlation()).isEqualTo(OptionalLong.of(5));
        wire.send(CHANNEL, new Commit(OptionalLong.of(6)));
        assertThat(wire.claim(Done.class).correlation()).isEqualTo(6);
    }

    @Test
    void consumersOfADeletedQueueHearOfIt() throws Exception {
        open(-1, true);
        String queue = queue();
        consume(queue);
        wire.send(CHANNEL, new DeleteQueue(queue));
        assertThat(wire.claim(Failed.class).code()).isEqualTo(104);
        wire.send(CHANNEL, new CloseConsumer(0));
        wire.claim(Done.class);
        wire.send(CHANNEL, new DeleteQueue(queue));
        wire.claim(Done.class);
        wire.send(CHANNEL, new CloseConsumer(99));
        wire.claim(Done.class);
    }

    @Test
    void confirmationsCountEveryPacketInOrder() throws Exception {
        open(0, true);
        String queue = queue();
        assertThat(wire.claim(Confirmed.class).command()).isZero();
        wire.send(CHANNEL, new Send(message(Optional.of(queue)), new SendTail(true, 1, 0)));
        wire.claim(Done.class);
        assertThat(wire.claim(Confirmed.class).command()).isEqualTo(1);
        wire.send(CHANNEL, new FlowTokens(5, 1));
        assertThat(wire.claim(Confirmed.class).command()).isEqualTo(2);
        wire.send(CHANNEL, Bare.CLOSE);
        wire.claim(Done.class);
    }

    @Test
    void markersComeWithoutCreditAndBehindMessages() throws Exception {
        open(-1, true);
        String queue = queue();
        wire.send(CHANNEL, new CreateConsumer(0, queue, Optional.empty(), false, true, 0));
        wire.claim(QueueAnswer.class);
        wire.send(CHANNEL, new ForceDelivery(0, 1));
        Receive marker = wire.claim(Receive.class);
        assertThat(marker.message().property(Names.FORCED_DELIVERY)).isEqualTo(1L);
        assertThat(marker.deliveryCount()).isZero();
        wire.send(CHANNEL, Bare.START);
        wire.send(CHANNEL, new Send(message(Optional.of(queue)), new SendTail(true, 1, 0)));
        wire.claim(Done.class);
        wire.send(CHANNEL, new FlowTokens(0, 1));
        wire.send(CHANNEL, new ForceDelivery(0, 2));
        assertThat(wire.claim(Receive.class).message().property(Names.FORCED_DELIVERY)).isNull();
        assertThat(wire.claim(Receive.class).message().property(Names.FORCED_DELIVERY)).isEqualTo(2L);
    }

    @Test
    void creditTakenBackIsGone() throws Exception {
        open(-1, true);
        String queue = queue();
        wire.send(CHANNEL, new CreateConsumer(0, queue, Optional.empty(), false, true, 0));
        wire.claim(QueueAnswer.class);
        wire.send(CHANNEL, Bare.START);
        wire.send(CHANNEL, new FlowTokens(0, 1));
        wire.send(CHANNEL, new FlowTokens(0, 0));
        wire.send(CHANNEL, new Send(message(Optional.of(queue)), new SendTail(true, 1, 0)));
        wire.claim(Done.class);
        wire.send(CHANNEL, new ForceDelivery(0, 1));
        assertThat(wire.claim(Receive.class).message().property(Names.FORCED_DELIVERY)).isEqualTo(1L);
        wire.send(CHANNEL, new FlowTokens(0, 1));
        assertThat(wire.claim(Receive.class).message().property(Names.FORCED_DELIVERY)).isNull();
    }

    @Test
    void tenThousandSessionsShareAConnection() throws Exception {
        int count = 10_000;
        open(-1, true);
        wire.send(CHANNEL, Bare.CLOSE);
        wire.claim(Done.class);
        CreateSession request = session(Version.CURRENT, -1, true);
        for (int i = 0; i < count; i++) {
            wire.send(1, new CreateSession("s" + i, 20 + i, Version.CURRENT, request.user(), request.password(), 1000, false, true, true,
                    i % 2 == 0 ? -1 : 1000, false, Optional.empty(), false, Optional.empty()));
        }
        for (int i = 0; i < count; i++) {
            wire.claim(SessionCreated.class);
        }
        String queue = "wire." + SERVER.unique();
        wire.send(19 + count, new CreateQueue(queue, queue, Optional.empty(), true, false, true, false, QueuePacket.ANYCAST, -1, false,
                QueueAttributes.NONE));
        wire.claim(Done.class);
        for (int i = 0; i < count; i += 100) {
            wire.send(20 + i, new Send(message(Optional.of(queue)), new SendTail(true, i, 0)));
            assertThat(wire.claim(Done.class).correlation()).isEqualTo(i);
        }
        assertThat(SERVER.server().broker().clients().sessions()).isGreaterThanOrEqualTo(count);
    }

    @Test
    void sessionsEndOnceAndTheirChannelIsFree() throws Exception {
        open(-1, true);
        wire.send(CHANNEL, Bare.CLOSE);
        wire.claim(Done.class);
        open(-1, true);
        wire.send(CHANNEL, Bare.CLOSE);
        wire.claim(Done.class);
    }
}
