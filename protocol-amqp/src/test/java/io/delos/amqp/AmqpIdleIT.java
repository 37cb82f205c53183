package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits: of silence, frames, channels, on either side. */
class AmqpIdleIT {

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config.with("connection-ttl-check-interval", 20)
            .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?amqpIdleTimeout=1000&maxFrameSize=1024&channelMax=3"))));

    @Test
    void aSilentPeerIsToldAndCutOff() throws IOException {
        try (WirePeer peer = new WirePeer(SERVER.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            peer.send(WirePeer.opening("silent"));
            Open open = peer.expect(Open.class);
            assertThat(open.getIdleTimeOut().intValue()).isEqualTo(500);
            assertThat(open.getMaxFrameSize().intValue()).isEqualTo(1024);
            Close close = peer.expect(Close.class);
            assertThat(close.getError().getCondition().toString()).isEqualTo("amqp:resource-limit-exceeded");
            assertThat(close.getError().getDescription()).isEqualTo("local-idle-timeout expired");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void aPeerThatMindsSilenceGetsHeartbeats() throws IOException {
        try (WirePeer peer = new WirePeer(SERVER.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            Open opening = WirePeer.opening("minding");
            opening.setIdleTimeOut(UnsignedInteger.valueOf(100));
            peer.send(opening);
            peer.expect(Open.class);
            assertThat(peer.readFrame()).containsExactly(2, 0, 0, 0);
            assertThat(peer.readFrame()).containsExactly(2, 0, 0, 0);
        }
    }

    @Test
    void moreThanCanBeDoneIsNotPromised() throws IOException {
        try (WirePeer peer = new WirePeer(SERVER.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            Open opening = WirePeer.opening("restless");
            opening.setIdleTimeOut(UnsignedInteger.valueOf(9));
            peer.send(opening);
            peer.expect(Open.class);
            assertThat(peer.closed()).isEqualTo("amqp:resource-limit-exceeded");
        }
    }

    @Test
    void aChannelBeyondTheMaximumIsAFramingError() throws IOException {
        try (WirePeer peer = WirePeer.open(SERVER.port(), "channels")) {
            peer.sendOn(3, WirePeer.beginning());
            peer.expect(Begin.class);
            peer.sendOn(4, WirePeer.beginning());
            assertThat(peer.closed()).isEqualTo("amqp:connection:framing-error");
        }
        try (WirePeer peer = WirePeer.open(SERVER.port(), "channels")) {
            peer.sendOn(4, new End());
            assertThat(peer.closed()).isEqualTo("amqp:connection:framing-error");
        }
    }

    @Test
    void thePeersMaximumIsKeptToAsWell() throws IOException {
        try (WirePeer peer = new WirePeer(SERVER.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            Open opening = WirePeer.opening("single");
            opening.setChannelMax(UnsignedShort.valueOf((short) 0));
            peer.send(opening);
            assertThat(peer.expect(Open.class).getChannelMax().intValue()).isEqualTo(3);
            peer.begin();
            assertThat(peer.lastChannel()).isZero();
            peer.sendOn(1, WirePeer.beginning());
            assertThat(peer.closed()).isEqualTo("amqp:resource-limit-exceeded");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 100, 0})
    void everyPeerTakesFramesOf512BytesAndThisOneNoMore(int stated) throws IOException {
        try (WirePeer peer = new WirePeer(SERVER.port())) {
            peer.write(WirePeer.PLAIN_HEADER);
            peer.read(8);
            Open opening = WirePeer.opening("small");
            opening.setMaxFrameSize(UnsignedInteger.valueOf(stated));
            peer.send(opening);
            peer.expect(Open.class);
            peer.begin();
            String queue = SERVER.unique("small");
            peer.sender(0, WirePeer.target(queue, "queue"));
            peer.putAll(0, "z".repeat(900));
            peer.receiver(1, WirePeer.source(queue, "queue"));
            peer.credit(1, 1, 0, false);
            boolean more = true;
            while (more) {
                byte[] frame = peer.readFrame();
                assertThat(frame.length + 4).isLessThanOrEqualTo(512);
                more = frame.length + 4 == 512;
            }
        }
    }

    @Test
    void aFrameBeyondTheLimitIsRefused() throws IOException {
        try (WirePeer peer = WirePeer.open(SERVER.port(), "large")) {
            peer.send(peer.transfer(0, 0, false), new byte[1024]);
            assertThat(peer.expect(Close.class).getError().getDescription()).contains("greater than maximum valid frame size 1024");
        }
    }

    @Test
    void largeMessagesAreCutIntoFramesThePeerTakes() throws IOException {
        try (WirePeer peer = WirePeer.open(SERVER.port(), "pieces")) {
            peer.sender(0, WirePeer.target("pieces", "queue"));
            byte[] message = WirePeer.message("y".repeat(2500));
            int id = peer.nextDelivery();
            for (int from = 0; from < message.length; from += 900) {
                int to = Math.min(message.length, from + 900);
                peer.send(peer.transfer(0, id, to < message.length), Arrays.copyOfRange(message, from, to));
            }
            peer.expect(Disposition.class);
            peer.receiver(1, WirePeer.source("pieces", "queue"));
            peer.credit(1, 1, 0, false);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            boolean more = true;
            while (more) {
                var frame = peer.next();
                assertThat(frame.getPayload().getLength()).isLessThanOrEqualTo(1024);
                whole.writeBytes(Payloads.bytes(ReadableBuffer.ByteBufferReader.wrap(frame.getPayload().asByteBuffer())));
                more = ((Transfer) frame.getBody()).getMore();
            }
            assertThat(whole.toByteArray()).isEqualTo(message);
        }
    }
}
