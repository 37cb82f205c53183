package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.direct.DirectCounters;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A producer and a consumer of a direct address, as frames: {@code give} sends and {@code take} receives. */
abstract class DirectPeers {

    WirePeer give;
    WirePeer take;
    String address;

    /** A broker of whose addresses those that begin with {@code direct.} are direct. */
    static AmqpServer withDirectAddresses() {
        return new AmqpServer(config -> config
                .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?amqpCredits=100&amqpLowCredits=30")))
                .withAddressSettings("direct.#", Map.of("direct", "true")));
    }

    /** The one that is tested. */
    abstract AmqpServer server();

    @BeforeEach
    void connect() throws IOException {
        give = WirePeer.open(server().port(), server().unique("give"));
        take = WirePeer.open(server().port(), server().unique("take"));
        address = server().unique("direct.");
    }

    @AfterEach
    void disconnect() throws IOException {
        give.close();
        take.close();
    }

    static void sender(WirePeer peer, int handle, String address, String kind) throws IOException {
        peer.send(WirePeer.attaching("s" + handle, handle, Role.SENDER, new Source(), WirePeer.target(address, kind)));
        peer.expect(Attach.class);
    }

    static void receiver(WirePeer peer, int handle, String address, String kind, int credit) throws IOException {
        peer.receiver(handle, WirePeer.source(address, kind));
        peer.credit(handle, credit, 0, false);
    }

    /** A sender and a receiver of a queue, with so much credit on both sides. */
    void pair(int credit) throws IOException {
        sender(give, 0, address, "queue");
        receiver(take, 0, address, "queue", credit);
        assertThat(credit(give)).isEqualTo(credit);
    }

    static int credit(WirePeer peer) throws IOException {
        return peer.expect(Flow.class).getLinkCredit().intValue();
    }

    /** What the link's credit is now, as a peer is told that asks. */
    static int ask(WirePeer peer, int sent) throws IOException {
        Flow question = peer.flow(0, 0, sent, false);
        question.setEcho(true);
        peer.send(question);
        return credit(peer);
    }

    static Transfer settled(WirePeer peer, int handle) {
        Transfer transfer = peer.transfer(handle, peer.nextDelivery(), false);
        transfer.setSettled(true);
        return transfer;
    }

    int taken() throws IOException {
        return take.expect(Transfer.class).getDeliveryId().intValue();
    }

    DeliveryState outcome(DeliveryState said) throws IOException {
        give.put(0, WirePeer.message("m"));
        int id = taken();
        take.settle(id, id, said);
        Disposition disposition = give.expect(Disposition.class);
        assertThat(disposition.getSettled()).isTrue();
        return disposition.getState();
    }

    DirectCounters counters() {
        return server().server().broker().routes().find(address).orElseThrow().direct().orElseThrow().counters();
    }
}
