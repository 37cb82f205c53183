package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.Test;

/** How connections begin and end (AMQP 1.0 part 2 §2.2 to §2.4). */
class AmqpOpenIT extends WireCase {

    @Test
    void theBrokerIntroducesItself() throws IOException {
        try (WirePeer fresh = new WirePeer(SERVER.port())) {
            fresh.write(WirePeer.PLAIN_HEADER);
            assertThat(fresh.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            fresh.send(WirePeer.opening("me"));
            Open open = fresh.expect(Open.class);
            assertThat(open.getContainerId()).isEqualTo(SERVER.server().broker().nodeId());
            assertThat(open.getMaxFrameSize().intValue()).isEqualTo(131072);
            assertThat(open.getChannelMax().intValue()).isEqualTo(65535);
            assertThat(open.getIdleTimeOut().intValue()).isEqualTo(30000);
            assertThat(open.getHostname()).isNull();
            assertThat(open.getOfferedCapabilities()).containsExactly(
                    WirePeer.symbols("sole-connection-for-container", "DELAYED_DELIVERY", "SHARED-SUBS", "ANONYMOUS-RELAY"));
            assertThat(open.getProperties().get(Symbol.valueOf("product"))).isEqualTo("apache-activemq-artemis");
            fresh.send(new Close());
            fresh.expect(Close.class);
            assertThat(fresh.rest()).isEmpty();
        }
    }

    @Test
    void whatIsSpokenIsTheAnswerToWhatIsNot() throws IOException {
        String plain = "AMQP\0\1\0\0";
        String sasl = "AMQP\3\1\0\0";
        int[][] headers = {{0, 1, 1, 0}, {0, 2, 0, 0}, {0, 0, 9, 1}, {3, 1, 1, 0}, {2, 1, 0, 0}, {77, 1, 0, 0}};
        String[] answers = {plain, plain, plain, sasl, sasl, sasl};
        for (int i = 0; i < headers.length; i++) {
            try (WirePeer fresh = new WirePeer(SERVER.port())) {
                fresh.write(WirePeer.join(WirePeer.bytes('A', 'M', 'Q', 'P'), WirePeer.bytes(headers[i])));
                assertThat(fresh.rest()).isEqualTo(answers[i]);
            }
        }
    }

    @Test
    void framesMayComeBeforeTheAnswer() throws IOException {
        try (WirePeer eager = new WirePeer(SERVER.port())) {
            eager.write(WirePeer.join(WirePeer.PLAIN_HEADER, eager.frame(WirePeer.opening("eager")), eager.frame(WirePeer.beginning()),
                    eager.frame(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")))));
            assertThat(eager.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            eager.expect(Open.class);
            eager.expect(Begin.class);
            eager.expect(Attach.class);
            eager.expect(Flow.class);
        }
    }

    @Test
    void aConnectionMayBeOpenedAndClosedInOneBreath() throws IOException {
        try (WirePeer brief = new WirePeer(SERVER.port())) {
            brief.write(WirePeer.join(WirePeer.PLAIN_HEADER, brief.frame(WirePeer.opening("brief")), brief.frame(new Close())));
            assertThat(brief.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            brief.expect(Open.class);
            assertThat(brief.expect(Close.class).getError()).isNull();
            assertThat(brief.rest()).isEmpty();
        }
    }

    @Test
    void aCloseIsHeardOnAnyChannelOfASession() throws IOException {
        peer.sendOn(17, new Close());
        peer.expect(Close.class);
        assertThat(peer.rest()).isEmpty();
    }

    private static WirePeer greeted() throws IOException {
        WirePeer fresh = new WirePeer(SERVER.port());
        fresh.write(WirePeer.PLAIN_HEADER);
        fresh.read(8);
        return fresh;
    }

    @Test
    void theFirstFrameIsAnOpenOnChannelZeroAndTheOnlyOne() throws IOException {
        try (WirePeer fresh = greeted()) {
            fresh.send(WirePeer.beginning());
            fresh.expect(Open.class);
            assertThat(fresh.closed()).isEqualTo("amqp:not-allowed");
        }
        try (WirePeer fresh = greeted()) {
            fresh.send(new Close());
            fresh.expect(Open.class);
            assertThat(fresh.closed()).isEqualTo("amqp:not-allowed");
        }
        try (WirePeer fresh = greeted()) {
            fresh.sendOn(1, WirePeer.opening("elsewhere"));
            fresh.expect(Open.class);
            assertThat(fresh.closed()).isEqualTo("amqp:connection:framing-error");
        }
        peer.send(WirePeer.opening("again"));
        assertThat(peer.closed()).isEqualTo("amqp:not-allowed");
        othersAreServed();
    }

    @Test
    void afterAnErrorOnlyTheCloseIsHeard() throws IOException {
        peer.send(WirePeer.opening("again"));
        peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        assertThat(peer.closed()).isEqualTo("amqp:not-allowed");
        peer.send(new Close());
        assertThat(peer.rest()).isEmpty();
        assertThat(SERVER.server().broker().findQueue(queue)).isEmpty();
    }

    private static String conditionFor(byte[] damage) throws IOException {
        try (WirePeer broken = greeted()) {
            broken.send(WirePeer.opening("broken"));
            broken.expect(Open.class);
            broken.write(damage);
            String condition = broken.closed();
            assertThat(broken.rest()).isEmpty();
            return condition;
        }
    }

    @Test
    void whatIsNoFrameIsAFramingError() throws IOException {
        int[][] damages = {
            {0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0}, {0, 0, 0, 3, 2, 0, 0, 0}, {0, 0, 0, 0, 2, 0, 0, 0},
            {0, 0, 0, 8, 2, 1, 0, 0}, {0, 0, 0, 8, 1, 0, 0, 0}, {0, 0, 0, 8, 0xff, 0, 0, 0},
        };
        for (int[] damage : damages) {
            assertThat(conditionFor(WirePeer.bytes(damage))).as(Arrays.toString(damage)).isEqualTo("amqp:connection:framing-error");
        }
        othersAreServed();
    }

    @Test
    void aFrameThatCannotBeReadIsADecodeError() throws IOException {
        int[][] bodies = {
            // no value, an unknown performative, one with a name, a value that is no performative
            {0xff, 0xff}, {0, 0x53, 0x7f, 0x45}, {0, 0xa3, 3, 'x', ':', 'y', 0x45}, {0x41},
            // an open without its mandatory field, a list longer than the frame, a name longer than the frame, a list of too many
            {0, 0x53, 0x10, 0x45}, {0, 0x53, 0x12, 0xd0, 0x7f, 0xff, 0xff, 0xff, 0x7f}, {0, 0x53, 0x12, 0xc0, 4, 1, 0xa1, 0x7f, 'n'},
            {0, 0x53, 0x11, 0xd0, 0, 0, 0, 5, 0x7f, 0xff, 0xff, 0xff, 0x40}, {0, 0x53, 0x12, 0xc0, 7, 1, 0xb1, 0xff, 0xff, 0xff, 0xff, 'n'},
        };
        for (int[] body : bodies) {
            byte[] head = WirePeer.bytes(0, 0, 0, 8 + body.length, 2, 0, 0, 0);
            assertThat(conditionFor(WirePeer.join(head, WirePeer.bytes(body)))).as(Arrays.toString(body)).isEqualTo("amqp:decode-error");
        }
        othersAreServed();
    }

    @Test
    void valuesWithinValuesEndSomewhere() throws IOException {
        int levels = 12_000;
        ByteBuffer nested = ByteBuffer.allocate(levels * 9 + 100);
        nested.putInt(0).putInt(0x0200_0000).put(WirePeer.bytes(0, 0x53, 0x18));
        for (int level = levels; level > 0; level--) {
            nested.put((byte) 0xd0).putInt(4 + (level - 1) * 9 + 1).putInt(1);
        }
        nested.put((byte) 0x40).putInt(0, nested.position());
        assertThat(conditionFor(Arrays.copyOf(nested.array(), nested.position()))).isEqualTo("amqp:decode-error");
        ByteBuffer described = ByteBuffer.allocate(100_000);
        described.putInt(100_000).putInt(0x0200_0000);
        assertThat(conditionFor(described.array())).isEqualTo("amqp:decode-error");
        othersAreServed();
    }

    @Test
    void anEmptyFrameMeansNothing() throws IOException {
        peer.write(WirePeer.bytes(0, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 12, 3, 0, 0, 9, 1, 2, 3, 4));
        works(peer, queue);
    }

    @Test
    void anExtendedHeaderIsSteppedOver() throws IOException {
        byte[] frame = peer.frame(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        ByteBuffer longer = ByteBuffer.allocate(frame.length + 4).putInt(frame.length + 4).putInt(0x0300_0000).putInt(0x5353_5353);
        peer.write(longer.put(frame, 8, frame.length - 8).array());
        peer.expect(Attach.class);
    }
}
