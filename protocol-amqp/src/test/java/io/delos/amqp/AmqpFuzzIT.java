package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.Random;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Role;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Conversations with damage in them: whatever happens to them, the broker goes on serving others. */
class AmqpFuzzIT {

    private static final int CONVERSATIONS = 300;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer();

    private static byte[] conversation(WirePeer peer) {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.valueOf(100));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(WirePeer.PLAIN_HEADER);
        out.writeBytes(peer.frame(WirePeer.opening("fuzz")));
        out.writeBytes(peer.frame(begin));
        out.writeBytes(peer.frame(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target("fuzz", "queue"))));
        out.writeBytes(peer.frame(WirePeer.attaching("r", 1, Role.RECEIVER, WirePeer.source("fuzz", "queue"), new Target())));
        out.writeBytes(peer.frame(peer.flow(1, 10, 0, false)));
        out.writeBytes(peer.frame(peer.transfer(0, 0, true), WirePeer.message("first")));
        out.writeBytes(peer.frame(peer.transfer(0, 0, false), WirePeer.message("rest")));
        out.writeBytes(peer.frame(peer.transfer(0, 1, false), WirePeer.message("second")));
        return out.toByteArray();
    }

    @Test
    void damagedConversationsHurtNobodyElse() throws IOException {
        Random random = new Random(20);
        for (int i = 0; i < CONVERSATIONS; i++) {
            try (WirePeer broken = new WirePeer(SERVER.port())) {
                byte[] bytes = conversation(broken);
                for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
                    bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
                }
                broken.write(bytes);
            } catch (SocketException closedAlready) {
                assertThat(closedAlready).hasMessageMatching(".*(reset|Broken pipe).*");
            }
        }
        try (WirePeer healthy = WirePeer.open(SERVER.port(), "healthy")) {
            healthy.sender(0, WirePeer.target("well", "queue"));
            healthy.putAll(0, "served");
            healthy.receiver(1, WirePeer.source("well", "queue"));
            healthy.credit(1, 1, 0, false);
            assertThat(healthy.take()).isEqualTo("served");
        }
        Awaitility.await().until(() -> SERVER.server().broker().clients().all().isEmpty());
    }
}
