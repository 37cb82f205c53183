package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that go through files, by the unmodified client and frame by frame; when each test ends no file is left. */
class AmqpLargeIT {

    private static final long WAIT = 60_000;
    private static final int LENGTH = 2_500_000;
    private static final int FRAME = 100_000;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config.withAcceptors(
            List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0"), AcceptorConfig.of("small", "tcp://127.0.0.1:0?amqpMinLargeMessageSize=-1"))));

    @AfterEach
    void noFileIsLeft() {
        files(0);
    }

    private static void files(int count) {
        await().untilAsserted(() -> assertThat(SERVER.bodies()).hasSize(count));
    }

    private static byte[] noise(int seed) {
        byte[] noise = new byte[LENGTH + seed];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    // ---- by the client

    private static BytesMessage bytes(Session session, int i) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(noise(i));
        message.setIntProperty("i", i);
        return message;
    }

    private static void assertBytes(Message message, int i) throws JMSException {
        assertThat(message).as("message %d", i).isNotNull();
        assertThat(message.getIntProperty("i")).isEqualTo(i);
        byte[] body = new byte[LENGTH + i];
        assertThat(((BytesMessage) message).getBodyLength()).isEqualTo(body.length);
        ((BytesMessage) message).readBytes(body);
        assertThat(Arrays.equals(body, noise(i))).as("the body of message %d", i).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jms.prefetchPolicy.all=1", "jms.prefetchPolicy.all=0", "amqp.maxFrameSize=5000", "jms.presettlePolicy.presettleAll=true",
        "jms.forceAsyncSend=true"})
    void inOrderWithSmallOnes(String options) throws Exception {
        try (Connection connection = SERVER.connect("", options)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(SERVER.unique("large."));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3; i++) {
                producer.send(bytes(session, i));
                producer.send(session.createTextMessage("small " + i));
            }
            files(3);
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 3; i++) {
                assertBytes(consumer.receive(WAIT), i);
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("small " + i);
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void inTransactionsAndAgain() throws Exception {
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(SERVER.unique("large."));
            MessageProducer producer = session.createProducer(queue);
            producer.send(bytes(session, 0));
            session.rollback();
            files(0);
            producer.send(bytes(session, 1));
            producer.send(session.createTextMessage("x".repeat(LENGTH)));
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int round = 1; round < 4; round++) {
                Message first = consumer.receive(WAIT);
                assertBytes(first, 1);
                assertThat(first.getIntProperty("JMSXDeliveryCount")).isEqualTo(round);
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).hasSize(LENGTH);
                if (round < 3) {
                    session.rollback();
                }
            }
            session.commit();
        }
    }

    @Test
    void eachSubscriberGetsItAndBrowsersSeeIt() throws Exception {
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            String topic = SERVER.unique("topic.");
            List<MessageConsumer> consumers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                consumers.add(session.createConsumer(session.createTopic(topic), i == 2 ? "i = 2" : null));
            }
            MessageProducer producer = session.createProducer(session.createTopic(topic));
            producer.send(bytes(session, 1));
            producer.send(bytes(session, 2));
            for (MessageConsumer consumer : consumers.subList(0, 2)) {
                assertBytes(consumer.receive(WAIT), 1);
            }
            for (MessageConsumer consumer : consumers) {
                assertBytes(consumer.receive(WAIT), 2);
            }
            Queue queue = session.createQueue(SERVER.unique("browsed."));
            MessageProducer other = session.createProducer(queue);
            other.send(bytes(session, 1));
            other.send(bytes(session, 2));
            List<?> seen = Collections.list(session.createBrowser(queue).getEnumeration());
            assertThat(seen).hasSize(2);
            assertBytes((Message) seen.get(1), 2);
            MessageConsumer consumer = session.createConsumer(queue);
            assertBytes(consumer.receive(WAIT), 1);
            assertBytes(consumer.receive(WAIT), 2);
        }
    }

    @Test
    void whoLeavesInTheMiddleLeavesItToTheNextAlsoThroughARestart() throws Exception {
        String queue = SERVER.unique("left.");
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            session.createProducer(session.createQueue(queue)).send(bytes(session, 1));
            assertThat(session.createConsumer(session.createQueue(queue)).receive(WAIT)).isNotNull();
        }
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.receiver(0, WirePeer.source(queue, "queue"));
            peer.credit(0, 1, 0, false);
            assertThat(peer.expect(Transfer.class).getMore()).isTrue();
        }
        SERVER.server().restart();
        files(1);
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertBytes(session.createConsumer(session.createQueue(queue)).receive(WAIT), 1);
        }
    }

    // ---- frame by frame

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] data(byte[] content) {
        return new AmqpWriter(content.length + 16).descriptor(AmqpReader.DATA).put(0xb0).put32(content.length).raw(content, 0, content.length).toBytes();
    }

    /** Properties, application properties, several data sections and a footer: what is to arrive as it is. */
    static byte[] bare(String to) {
        AmqpWriter out = new AmqpWriter(256);
        out.descriptor(AmqpReader.PROPERTIES);
        int properties = out.beginList();
        out.nothing().nothing().string(to).end(properties, 3);
        out.descriptor(AmqpReader.APPLICATION_PROPERTIES);
        int application = out.beginMap();
        out.string("color").string("red").end(application, 2);
        byte[] front = out.toBytes();
        AmqpWriter footer = new AmqpWriter(32).descriptor(AmqpReader.FOOTER);
        int map = footer.beginMap();
        footer.symbol("x-sum").uint(17).end(map, 2);
        return joined(front, data(noise(1)), data(noise(2)), footer.toBytes());
    }

    /** A header that says durable, and delivery annotations, which are for the broker. */
    static byte[] header() {
        AmqpWriter out = new AmqpWriter(64).descriptor(AmqpReader.HEADER);
        int list = out.beginList();
        out.bool(true).end(list, 1);
        out.descriptor(AmqpReader.DELIVERY_ANNOTATIONS);
        int map = out.beginMap();
        out.symbol("x-mine").string("yours").end(map, 2);
        return out.toBytes();
    }

    private static int put(WirePeer peer, byte[] message, int upTo) throws IOException {
        int id = peer.nextDelivery();
        for (int at = 0; at < upTo; at += FRAME) {
            int end = Math.min(upTo, at + FRAME);
            peer.send(peer.transfer(0, id, end < message.length), Arrays.copyOfRange(message, at, end));
        }
        return id;
    }

    @Test
    void theBareMessageIsNotTouched() throws Exception {
        String queue = SERVER.unique("bare.");
        byte[] bare = bare(queue);
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.sender(0, WirePeer.target(queue, "queue"));
            byte[] message = joined(header(), bare);
            put(peer, message, message.length);
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
            files(1);
            peer.receiver(1, WirePeer.source(queue, "queue"));
            peer.credit(1, 1, 0, false);
            byte[] received = receive(peer);
            assertThat(Arrays.equals(Arrays.copyOfRange(received, received.length - bare.length, received.length), bare)).isTrue();
            assertThat(received.length - bare.length).as("a header, and no annotations that were for the broker").isLessThan(20);
            peer.settle(0, 0, Accepted.getInstance());
            files(0);
        }
    }

    static byte[] receive(WirePeer peer) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Transfer transfer;
        do {
            transfer = peer.expect(Transfer.class);
            received.writeBytes(peer.payloadBytes());
        } while (transfer.getMore());
        return received.toByteArray();
    }

    @Test
    void whatIsAbandonedInTheMiddleLeavesNothing() throws Exception {
        String queue = SERVER.unique("half.");
        byte[] message = joined(header(), bare(queue));
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.sender(0, WirePeer.target(queue, "queue"));
            int id = put(peer, message, LENGTH);
            files(1);
            Transfer aborted = peer.transfer(0, id, false);
            aborted.setAborted(true);
            peer.send(aborted);
            files(0);
            peer.expect(Flow.class);
            put(peer, message, LENGTH);
            files(1);
            Detach detach = new Detach();
            detach.setHandle(org.apache.qpid.proton.amqp.UnsignedInteger.ZERO);
            detach.setClosed(true);
            peer.send(detach);
            peer.expect(Detach.class);
            files(0);
            peer.sender(0, WirePeer.target(queue, "queue"));
            put(peer, message, LENGTH);
            files(1);
        }
        files(0);
    }

    @Test
    void whatIsNoMessageIsRejectedAndTheLinkGoesOn() throws Exception {
        String queue = SERVER.unique("noise.");
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.sender(0, WirePeer.target(queue, "queue"));
            byte[] disordered = joined(bare(queue), header(), data(noise(1)));
            disordered = joined(Arrays.copyOf(disordered, LargeForm.split(disordered) - 8), header(), data(noise(1)));
            byte[] noise = new byte[LENGTH];
            Arrays.fill(noise, (byte) 0x17);
            for (byte[] message : new byte[][] {noise, disordered}) {
                put(peer, message, message.length);
                assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Rejected.class);
            }
            put(peer, WirePeer.message("good"), WirePeer.message("good").length);
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void anAnonymousSenderIsTakenAtItsWord() throws Exception {
        String queue = SERVER.unique("anonymous.");
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.sender(0, new Target());
            peer.receiver(1, WirePeer.source(queue, "queue"));
            byte[] message = joined(header(), data(noise(1)));
            put(peer, message, message.length);
            assertThat(peer.expect(Disposition.class).getState()).as("without an address").isInstanceOf(Rejected.class);
            files(0);
            message = joined(header(), bare(queue));
            put(peer, message, message.length);
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
            peer.credit(1, 1, 0, false);
            receive(peer);
            peer.settle(0, 0, Accepted.getInstance());
        }
    }

    /** The window of its session says how much a client takes, and it takes no more. */
    @Test
    void aWindowIsHeeded() throws Exception {
        String queue = SERVER.unique("window.");
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            session.createProducer(session.createQueue(queue)).send(bytes(session, 1));
        }
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            Attach attach = WirePeer.attaching("r", 0, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target());
            attach.setSndSettleMode(SenderSettleMode.SETTLED);
            peer.send(attach);
            peer.expect(Attach.class);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            boolean more = true;
            for (int taken = 0; more; taken += 3) {
                var flow = peer.flow(0, 1, 0, false);
                flow.setNextIncomingId(UnsignedInteger.valueOf(1 + taken));
                flow.setIncomingWindow(UnsignedInteger.valueOf(3));
                peer.send(flow);
                for (int i = 0; i < 3 && more; i++) {
                    more = peer.expect(Transfer.class).getMore();
                    received.writeBytes(peer.payloadBytes());
                }
            }
            byte[] all = received.toByteArray();
            assertThat(Arrays.equals(Arrays.copyOfRange(all, all.length - LENGTH - 1, all.length), noise(1))).isTrue();
            files(0);
        }
    }

    @Test
    void whoTakesTheCreditBackBeforeItsFirstFrameHearsWhereTheLinkStands() throws Exception {
        String queue = SERVER.unique("withdrawn.");
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            session.createProducer(session.createQueue(queue)).send(bytes(session, 1));
        }
        try (WirePeer peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"))) {
            peer.receiver(0, WirePeer.source(queue, "queue"));
            Flow noWindow = peer.flow(0, 1, 0, false);
            noWindow.setIncomingWindow(UnsignedInteger.ZERO);
            peer.send(noWindow);
            await().until(() -> SERVER.server().broker().findQueue(queue).orElseThrow().counters().delivering() == 1);
            noWindow.setLinkCredit(UnsignedInteger.ZERO);
            noWindow.setEcho(true);
            peer.send(noWindow);
            Flow state = peer.expect(Flow.class);
            assertThat(state.getDeliveryCount()).isEqualTo(UnsignedInteger.ZERO);
            assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
            peer.credit(0, 1, 0, false);
            int length = 0;
            boolean more = true;
            while (more) {
                more = peer.expect(Transfer.class).getMore();
                length += peer.payloadBytes().length;
            }
            assertThat(length).isGreaterThan(LENGTH);
            peer.settle(0, 0, Accepted.getInstance());
            files(0);
        }
    }

    @Test
    void oneThatALinkLeavesIsSentAgainWhenItComesBack() throws Exception {
        String queue = SERVER.unique("resumed.");
        String container = SERVER.unique("resuming");
        try (Connection connection = SERVER.connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            session.createProducer(session.createQueue(queue)).send(bytes(session, 1));
        }
        Source source = WirePeer.source(queue, "queue");
        source.setTimeout(UnsignedInteger.valueOf(60));
        Binary tag;
        try (WirePeer peer = WirePeer.open(SERVER.port(), container)) {
            peer.receiver(0, source);
            peer.credit(0, 1, 0, false);
            tag = peer.expect(Transfer.class).getDeliveryTag();
        }
        try (WirePeer peer = WirePeer.open(SERVER.port(), container)) {
            Attach attach = WirePeer.attaching("r0", 0, Role.RECEIVER, source, new Target());
            attach.setUnsettled(Collections.singletonMap(tag, null));
            peer.send(attach);
            assertThat(peer.expect(Attach.class).getUnsettled()).containsOnlyKeys(tag);
            peer.credit(0, 1, 0, false);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Transfer transfer;
            do {
                transfer = peer.expect(Transfer.class);
                received.writeBytes(peer.payloadBytes());
            } while (transfer.getMore());
            byte[] all = received.toByteArray();
            assertThat(Arrays.equals(Arrays.copyOfRange(all, all.length - LENGTH - 1, all.length), noise(1))).isTrue();
            peer.settle(0, 0, Accepted.getInstance());
            files(0);
        }
    }

    @Test
    void anAcceptorMayKeepThemInMemory() throws Exception {
        try (WirePeer peer = WirePeer.open(SERVER.server().server().port("small"), SERVER.unique("peer"))) {
            String queue = SERVER.unique("memory.");
            peer.sender(0, WirePeer.target(queue, "queue"));
            byte[] message = joined(header(), bare(queue));
            put(peer, message, message.length);
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
            assertThat(SERVER.bodies()).isEmpty();
        }
    }
}
