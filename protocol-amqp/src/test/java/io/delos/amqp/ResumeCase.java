package io.delos.amqp;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client that comes back to its links, beside the peer of {@link WireCase}. */
abstract class ResumeCase extends WireCase {

    String container;
    WirePeer client;

    @BeforeEach
    void open() throws IOException {
        container = SERVER.unique("resuming");
        client = WirePeer.open(SERVER.port(), container);
    }

    @AfterEach
    void leave() throws IOException {
        client.close();
    }

    /** The client's connection breaks, and it makes another. */
    void reconnect() throws IOException {
        client.close();
        client = WirePeer.open(SERVER.port(), container);
    }

    Attach attach(Attach attach) throws IOException {
        client.send(attach);
        return client.expect(Attach.class);
    }

    static Map<Binary, DeliveryState> holding(Binary tag, DeliveryState state) {
        Map<Binary, DeliveryState> map = new HashMap<>();
        map.put(tag, state);
        return map;
    }
}
