package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConnectionError;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConsumerId;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.Response;
import org.apache.activemq.command.SessionId;
import org.apache.activemq.command.SessionInfo;
import org.apache.activemq.util.ByteSequence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't be read is told in one ConnectionError, and ends its connection; nobody else notices. */
class BadInputIT {

    static final String SPRUNG = "delos.test.bait";
    private static final Wire LOOSE = new Wire(12, false, true);
    private static final Wire TIGHT = new Wire(12, true, true);

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("wireFormat.maxFrameSize=100000", config -> config);

    @AfterEach
    void othersGoOn() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            assertThat(session.createTemporaryQueue()).isNotNull();
        }
    }

    private static Bare member(Wire wire) throws IOException {
        Bare bare = new Bare(SERVER.port());
        bare.login(SERVER.unique("bad"), wire);
        return bare;
    }

    private static void isTold(Bare bare, String... words) throws IOException {
        assertThat(bare.read(ConnectionError.class).getException()).isInstanceOf(IOException.class).message().contains(words);
        assertThat(bare.ended()).isTrue();
    }

    private static ActiveMQTextMessage message(String queue) throws Exception {
        ActiveMQTextMessage message = new ActiveMQTextMessage();
        message.setText("x");
        message.setDestination(new ActiveMQQueue(queue));
        message.setProducerId(new ProducerId("ID:bad:1:1:1"));
        message.setMessageId(new MessageId(message.getProducerId(), 1));
        message.setResponseRequired(true);
        return message;
    }

    @ParameterizedTest
    @ValueSource(ints = {100_001, Integer.MAX_VALUE, 0, -1})
    void lengthsThatAreNotAllowed(int length) throws Exception {
        try (Bare bare = member(TIGHT)) {
            bare.raw(ByteBuffer.allocate(4).putInt(length).array());
            isTold(bare, "a command of " + length + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 35, 50, 60, 99, 100, 127, 200, 255})
    void typesThatAreNone(int type) throws Exception {
        try (Bare bare = member(TIGHT)) {
            bare.write(new byte[] {(byte) type, 0, 0, 0, 0, 0});
            isTold(bare, "type");
        }
    }

    @Test
    void whoHasNotLoggedInMayNotConsume() throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.greet(TIGHT, 0);
            bare.send(new SessionInfo(new SessionId(new ConnectionId("ID:bad:1"), 1)));
            isTold(bare, "SessionInfo from somebody who hasn't logged in");
        }
    }

    @Test
    void aCacheThatWasNotAgreedOnIsMadeOfNothing() throws Exception {
        try (Bare bare = member(LOOSE)) {
            ConsumerInfo info = new ConsumerInfo(new ConsumerId(new SessionId(new ConnectionId("ID:bad:1"), 1), 1));
            info.setDestination(new ActiveMQQueue(SERVER.unique("cached")));
            org.apache.activemq.openwire.OpenWireFormat caching = new org.apache.activemq.openwire.OpenWireFormat();
            caching.setVersion(12);
            caching.setCacheEnabled(true);
            ByteSequence first = caching.marshal(info);
            ByteSequence again = caching.marshal(info);
            assertThat(again.length).as("refers to the cache").isLessThan(first.length);
            bare.raw(java.util.Arrays.copyOfRange(again.data, again.offset, again.offset + again.length));
            assertThat(bare.read(ConnectionError.class).getException()).isInstanceOf(IOException.class);
            assertThat(bare.ended()).isTrue();
        }
    }

    @Test
    void mapsWithinMapsWithinMaps() throws Exception {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            map = new HashMap<>(Map.of("m", map));
        }
        try (Bare bare = member(TIGHT)) {
            ActiveMQTextMessage message = message(SERVER.unique("deep"));
            message.setProperty("m", map);
            bare.send(message);
            isTold(bare, "within each other");
        }
    }

    @Test
    void countsBeyondWhatIsThere() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(Integer.MAX_VALUE);
        out.writeUTF("n");
        out.writeByte(10);
        out.writeInt(Integer.MAX_VALUE);
        try (Bare bare = member(LOOSE)) {
            ActiveMQTextMessage message = message(SERVER.unique("many"));
            message.setMarshalledProperties(new ByteSequence(bytes.toByteArray()));
            bare.send(message);
            isTold(bare, "a value of " + Integer.MAX_VALUE + " bytes");
        }
    }

    /** Replaces the name of a class by that of the bait, which is as long. */
    private static byte[] baited(byte[] frame, String name) {
        String bait = "io.delos.openwire.BaitThrowable";
        String text = new String(frame, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(name);
        assertThat(bait).hasSameSizeAs(name);
        return text.replace(name, bait).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void noClassIsLoadedThatTheNetworkNames() throws Exception {
        String name = IllegalStateException.class.getName();
        try (Bare bare = member(TIGHT)) {
            MessageAck ack = new MessageAck();
            ack.setAckType(MessageAck.POISON_ACK_TYPE);
            ack.setConsumerId(new ConsumerId(new SessionId(new ConnectionId("ID:bad:1"), 1), 1));
            ack.setPoisonCause(new IllegalStateException("x"));
            ack.setResponseRequired(true);
            bare.write(baited(bare.encoded(ack), name));
            assertThat(bare.read(Response.class)).isNotNull();
            ConnectionError error = new ConnectionError();
            error.setException(new IllegalStateException("x"));
            error.setResponseRequired(true);
            bare.write(baited(bare.encoded(error), name));
            assertThat(bare.read(Response.class)).isNotNull();
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(object)) {
                out.writeObject(new IllegalStateException("x"));
            }
            ActiveMQObjectMessage message = new ActiveMQObjectMessage();
            message.setContent(new ByteSequence(object.toByteArray()));
            message.setDestination(new ActiveMQQueue(SERVER.unique("object")));
            message.setProducerId(new ProducerId("ID:bad:1:1:1"));
            message.setMessageId(new MessageId(message.getProducerId(), 1));
            message.setResponseRequired(true);
            bare.write(baited(bare.encoded(message), name));
            assertThat(bare.read(Response.class)).isNotNull();
        }
        assertThat(System.getProperty(SPRUNG)).isNull();
        // the bait does what it is there for
        assertThat(new BaitThrowable("x")).isNotNull();
        assertThat(System.clearProperty(SPRUNG)).isEqualTo("true");
    }
}
