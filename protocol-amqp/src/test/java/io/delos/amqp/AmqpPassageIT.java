package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Large messages that come in frames which are cut anywhere. */
class AmqpPassageIT {

    private static final int LARGEST = 130_000;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer();

    private final Random random = new Random(7);

    /** A message on its way, over a handle of its own. */
    private static final class Arriving {
        private final int handle;
        private final byte[] bytes;
        private int id;
        private int at;

        Arriving(int handle, byte[] bytes) {
            this.handle = handle;
            this.bytes = bytes;
        }

        boolean left() {
            return at < bytes.length;
        }
    }

    private void some(WirePeer peer, Arriving message) throws IOException {
        if (message.at == 0) {
            message.id = peer.nextDelivery();
        }
        int end = Math.min(message.bytes.length, message.at + random.nextInt(LARGEST));
        byte[] frame = peer.frame(peer.transfer(message.handle, message.id, end < message.bytes.length), Arrays.copyOfRange(message.bytes, message.at, end));
        int cut = random.nextInt(Math.min(60, frame.length));
        peer.write(Arrays.copyOf(frame, cut));
        peer.write(Arrays.copyOfRange(frame, cut, frame.length));
        message.at = Math.max(end, 1);
    }

    @Test
    void twoAtOnceWithSmallOnesBetween() throws Exception {
        String[] queues = {SERVER.unique("passage."), SERVER.unique("passage."), SERVER.unique("passage.")};
        byte[][] bare = {AmqpLargeIT.bare(queues[0]), AmqpLargeIT.bare(queues[1])};
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            Arriving[] messages = new Arriving[2];
            for (int i = 0; i < queues.length; i++) {
                peer.sender(i, WirePeer.target(queues[i], "queue"));
            }
            for (int i = 0; i < 2; i++) {
                messages[i] = new Arriving(i, AmqpLargeIT.joined(AmqpLargeIT.header(), bare[i]));
                some(peer, messages[i]);
            }
            int small = 0;
            while (messages[0].left() || messages[1].left()) {
                Arriving next = messages[random.nextInt(2)];
                if (next.left()) {
                    some(peer, next);
                } else if (small < 5) {
                    small++;
                    peer.put(2, WirePeer.message("small " + small));
                }
            }
            accepted(peer, 2 + small);
            for (int i = 0; i < 2; i++) {
                peer.receiver(3 + i, WirePeer.source(queues[i], "queue"));
                peer.credit(3 + i, 1, 0, false);
                byte[] received = AmqpLargeIT.receive(peer);
                assertThat(Arrays.equals(Arrays.copyOfRange(received, received.length - bare[i].length, received.length), bare[i])).isTrue();
            }
        }
    }

    /** Dispositions may stand for several. */
    private static void accepted(WirePeer peer, int count) throws IOException {
        int left = count;
        while (left > 0) {
            Disposition disposition = peer.expect(Disposition.class);
            assertThat(disposition.getState()).isInstanceOf(Accepted.class);
            int last = disposition.getLast() == null ? disposition.getFirst().intValue() : disposition.getLast().intValue();
            left -= last - disposition.getFirst().intValue() + 1;
        }
    }
}
