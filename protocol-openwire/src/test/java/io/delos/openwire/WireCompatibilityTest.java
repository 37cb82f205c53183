package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.openwire.Command.ConnectionInfo;
import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Command.MessageAck;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.ProducerId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.DataArrayResponse;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.command.IntegerResponse;
import org.apache.activemq.command.KeepAliveInfo;
import org.apache.activemq.command.LocalTransactionId;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.Response;
import org.apache.activemq.command.SessionId;
import org.apache.activemq.command.ShutdownInfo;
import org.apache.activemq.command.XATransactionId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the clients' library writes is read here, and what is written here is read there, in all versions it has and both encodings. */
class WireCompatibilityTest {

    private static final org.apache.activemq.command.ConsumerId CONSUMER =
            new org.apache.activemq.command.ConsumerId(new SessionId(new ConnectionId("ID:host-1:1"), 7), 70_000);
    private static final org.apache.activemq.command.ProducerId PRODUCER =
            new org.apache.activemq.command.ProducerId(new SessionId(new ConnectionId("ID:host-1:1"), 3), 5_000_000_000L);

    static Stream<Wire> wires() {
        return Stream.of(1, 9, 10, 11, 12).flatMap(version -> Stream.of(true, false).flatMap(
                tight -> Stream.of(true, false).map(traces -> new Wire(version, tight, traces))));
    }

    private static Command read(Wire wire, DataStructure command) throws MalformedFrameException {
        byte[] frame = new Library(wire).write(command);
        return Command.read(frame[0], new WireReader(frame, 1, frame.length, wire));
    }

    private static <T> T written(Wire wire, Answer answer) {
        WireWriter out = new WireWriter(wire).begin(answer.type());
        answer.write(out);
        ByteBuf frame = Unpooled.buffer();
        out.writeTo(frame);
        assertThat(frame.readableBytes()).isEqualTo(out.size() + 4);
        return new Library(wire).read(frame);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void connections(Wire wire) throws Exception {
        org.apache.activemq.command.ConnectionInfo info = new org.apache.activemq.command.ConnectionInfo(new ConnectionId("ID:c"));
        info.setCommandId(17);
        info.setResponseRequired(true);
        info.setClientId("clïent");
        info.setUserName("user");
        info.setPassword("geheim\u0000\u20ac\ud83d\ude00");
        info.setManageable(true);
        info.setFaultTolerant(true);
        info.setFailoverReconnect(true);
        info.setClientIp("1.2.3.4");

        ConnectionInfo got = (ConnectionInfo) read(wire, info);

        boolean faultTolerant = wire.version() >= 6;
        assertThat(got).isEqualTo(new ConnectionInfo(new Command.Head(17, true), Optional.of(new Id.ConnectionId("ID:c")), "clïent",
                "geheim\u0000\u20ac\ud83d\ude00", "user", true, faultTolerant, faultTolerant));
        assertThat(got.toString()).doesNotContain("geheim");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void consumersAndProducers(Wire wire) throws Exception {
        org.apache.activemq.command.ConsumerInfo info = new org.apache.activemq.command.ConsumerInfo(CONSUMER);
        info.setDestination(new ActiveMQTopic("a.>"));
        info.setPrefetchSize(32766);
        info.setMaximumPendingMessageLimit(3);
        info.setSelector("x = 1");
        info.setSubscriptionName("sub.1");
        info.setClientId("me");
        info.setNoLocal(true);
        info.setBrowser(true);
        info.setPriority((byte) -5);
        info.setExclusive(true);

        ConsumerInfo consumer = (ConsumerInfo) read(wire, info);

        assertThat(consumer).isEqualTo(new ConsumerInfo(new Command.Head(0, false), new ConsumerId("ID:host-1:1", 7, 70_000),
                WireDestination.topic("a.>"), 32766, "x = 1", wire.version() >= 10 ? "me" : "", "sub.1",
                new ConsumerInfo.Traits(true, true, true, -5)));

        org.apache.activemq.command.ProducerInfo producer = new org.apache.activemq.command.ProducerInfo(PRODUCER);
        producer.setDestination(new ActiveMQTempQueue("ID:t"));
        producer.setWindowSize(1000);
        assertThat(read(wire, producer)).isEqualTo(new Command.ProducerInfo(new Command.Head(0, false),
                new ProducerId("ID:host-1:1", 5_000_000_000L, 3), new WireDestination(WireDestination.Kind.TEMPORARY_QUEUE, "ID:t"),
                wire.version() >= 3 ? 1000 : 0));
        assertThat(read(wire, new org.apache.activemq.command.ProducerInfo(PRODUCER)))
                .extracting(p -> ((Command.ProducerInfo) p).destination()).isEqualTo(WireDestination.NONE);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void acknowledgementsKeepThrowablesAsTexts(Wire wire) throws Exception {
        org.apache.activemq.command.MessageAck ack = new org.apache.activemq.command.MessageAck();
        ack.setConsumerId(CONSUMER);
        ack.setDestination(new ActiveMQQueue("q"));
        ack.setTransactionId(new LocalTransactionId(new ConnectionId("ID:c"), 99));
        ack.setAckType(org.apache.activemq.command.MessageAck.POISON_ACK_TYPE);
        org.apache.activemq.command.MessageId first = new org.apache.activemq.command.MessageId(PRODUCER, 4);
        first.setBrokerSequenceId(1L << 60);
        ack.setFirstMessageId(first);
        org.apache.activemq.command.MessageId last = new org.apache.activemq.command.MessageId(PRODUCER, 70_000);
        last.setBrokerSequenceId(70_001);
        ack.setLastMessageId(last);
        ack.setMessageCount(2);
        ack.setPoisonCause(new IllegalStateException("outer", new RuntimeException("inner")));

        MessageAck got = (MessageAck) read(wire, ack);

        assertThat(got.kind()).isEqualTo(MessageAck.POISON);
        assertThat(got.transaction()).contains(new Id.LocalId(99, Optional.of(new Id.ConnectionId("ID:c"))));
        assertThat(got.consumer()).contains(new ConsumerId("ID:host-1:1", 7, 70_000));
        assertThat(got.first()).isEqualTo(1L << 60);
        assertThat(got.last()).isEqualTo(70_001);
        assertThat(got.cause()).isEqualTo(wire.version() >= 7 ? new Problem("java.lang.IllegalStateException", "outer") : Problem.NONE);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void acknowledgementsMayNameNoMessage(Wire wire) throws Exception {
        org.apache.activemq.command.MessageAck ack = new org.apache.activemq.command.MessageAck();
        ack.setConsumerId(CONSUMER);
        ack.setAckType(org.apache.activemq.command.MessageAck.STANDARD_ACK_TYPE);
        MessageAck got = (MessageAck) read(wire, ack);
        assertThat(got.consumer()).contains(new ConsumerId("ID:host-1:1", 7, 70_000));
        assertThat(got.first()).isEqualTo(MessageAck.ABSENT);
        assertThat(got.last()).isEqualTo(MessageAck.ABSENT);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void theSmallOnes(Wire wire) throws Exception {
        Command.Head head = new Command.Head(0, false);
        assertThat(read(wire, new org.apache.activemq.command.SessionInfo(new SessionId(new ConnectionId("ID:c"), -1))))
                .isEqualTo(new Command.SessionInfo(head, Optional.of(new Id.SessionId("ID:c", -1))));
        assertThat(read(wire, new KeepAliveInfo())).isEqualTo(new Command.KeepAliveInfo(head));
        assertThat(read(wire, new ShutdownInfo())).isEqualTo(new Command.ShutdownInfo(head));
        org.apache.activemq.command.RemoveInfo remove = new org.apache.activemq.command.RemoveInfo(CONSUMER);
        remove.setLastDeliveredSequenceId(12);
        assertThat(read(wire, remove)).isEqualTo(new Command.RemoveInfo(head, Optional.of(new ConsumerId("ID:host-1:1", 7, 70_000)),
                wire.version() >= 5 ? 12 : -1));
        XATransactionId xa = new XATransactionId();
        xa.setFormatId(5);
        xa.setGlobalTransactionId(new byte[] {1, -1});
        xa.setBranchQualifier(new byte[] {2});
        assertThat(read(wire, new org.apache.activemq.command.TransactionInfo(new ConnectionId("ID:c"), xa, (byte) 3)))
                .isEqualTo(new Command.TransactionInfo(head, Optional.of(new Id.XaId(5, "\u0001\u00ff", "\u0002")), 3));
        org.apache.activemq.command.DestinationInfo destination = new org.apache.activemq.command.DestinationInfo(new ConnectionId("ID:c"),
                (byte) 1, new ActiveMQQueue("q"));
        destination.setTimeout(1000);
        assertThat(read(wire, destination)).isEqualTo(new Command.DestinationInfo(head, WireDestination.queue("q"), true));
        org.apache.activemq.command.RemoveSubscriptionInfo forget = new org.apache.activemq.command.RemoveSubscriptionInfo();
        forget.setConnectionId(new ConnectionId("ID:c"));
        forget.setClientId("me");
        forget.setSubscriptionName("sub");
        assertThat(read(wire, forget)).isEqualTo(new Command.RemoveSubscriptionInfo(head, "sub", "me"));
        org.apache.activemq.command.MessagePull pull = new org.apache.activemq.command.MessagePull();
        pull.setConsumerId(CONSUMER);
        pull.setDestination(new ActiveMQQueue("q"));
        pull.setTimeout(-1);
        if (wire.version() >= 2) {
            assertThat(read(wire, pull)).isEqualTo(new Command.MessagePull(head, Optional.of(new ConsumerId("ID:host-1:1", 7, 70_000)), -1));
        }
        org.apache.activemq.command.ConsumerControl control = new org.apache.activemq.command.ConsumerControl();
        control.setConsumerId(CONSUMER);
        control.setDestination(new ActiveMQQueue("q"));
        control.setPrefetch(12);
        control.setFlush(true);
        assertThat(read(wire, control))
                .isEqualTo(new Command.ConsumerControl(head, Optional.of(new ConsumerId("ID:host-1:1", 7, 70_000)), false, 12));
        assertThat(read(wire, new org.apache.activemq.command.ConnectionControl())).isEqualTo(new Command.Ignored(head));
        org.apache.activemq.command.ConnectionError error = new org.apache.activemq.command.ConnectionError();
        error.setException(new IllegalStateException("x"));
        assertThat(read(wire, error)).isEqualTo(new Command.Complaint(head, new Problem("java.lang.IllegalStateException", "x")));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void answers(Wire wire) {
        Response done = written(wire, new Answer.Done(99));
        assertThat(done.getCorrelationId()).isEqualTo(99);
        ExceptionResponse refused = written(wire, new Answer.Refused(3, new Problem("java.lang.SecurityException", "nö")));
        assertThat(refused.getCorrelationId()).isEqualTo(3);
        assertThat(refused.getException()).isExactlyInstanceOf(SecurityException.class).hasMessage("nö");
        ExceptionResponse jms = written(wire, new Answer.Refused(3, new Problem(OpenWireErrors.INVALID_DESTINATION, "")));
        if (wire.version() == 12) { // before, a Jakarta library does not know what JMS was called
            assertThat(jms.getException()).isExactlyInstanceOf(jakarta.jms.InvalidDestinationException.class).hasMessage("");
        }
        IntegerResponse number = written(wire, new Answer.Number(4, 70000));
        assertThat(number.getResult()).isEqualTo(70000);
        DataArrayResponse nothing = written(wire, new Answer.Branches(5, java.util.List.of()));
        assertThat(nothing.getData()).isEmpty();
        io.delos.message.Xid xid = new io.delos.message.Xid(-7, new byte[] {1, 0, -1}, new byte[] {2});
        DataArrayResponse branches = written(wire, new Answer.Branches(6, java.util.List.of(xid, xid)));
        assertThat(branches.getData()).hasSize(2);
        org.apache.activemq.command.XATransactionId branch = (org.apache.activemq.command.XATransactionId) branches.getData()[1];
        assertThat(branch.getFormatId()).isEqualTo(-7);
        assertThat(branch.getGlobalTransactionId()).containsExactly(1, 0, -1);
        assertThat(branch.getBranchQualifier()).containsExactly(2);
        org.apache.activemq.command.BrokerInfo broker = written(wire, new Answer.BrokerInfo("node", "name", "host:1"));
        assertThat(broker.getBrokerId().getValue()).isEqualTo("node");
        assertThat(broker.getBrokerName()).isEqualTo("name");
        assertThat(broker.getBrokerURL()).isEqualTo("host:1");
        org.apache.activemq.command.ConnectionError error = written(wire, new Answer.ConnectionError(new Problem(OpenWireErrors.JMS, "x"),
                new Id.ConnectionId("ID:c")));
        assertThat(error.getException()).hasMessageContaining("x");
        assertThat(error.getConnectionId().getValue()).isEqualTo("ID:c");
        org.apache.activemq.command.ConsumerControl control = written(wire, new Answer.Prefetch(new ConsumerId("c", 1, 2),
                WireDestination.queue("q"), 0));
        assertThat(control.getConsumerId().toString()).isEqualTo("c:1:2");
        if (wire.version() >= 3) {
            org.apache.activemq.command.ProducerAck ack = written(wire, new Answer.ProducerAck(new ProducerId("c", 2, 1), 1234));
            assertThat(ack.getProducerId().toString()).isEqualTo("c:1:2");
            assertThat(ack.getSize()).isEqualTo(1234);
        }
        org.apache.activemq.command.ConnectionControl cluster = written(wire, new Answer.Cluster("tcp://a:1,tcp://b:2", true));
        assertThat(cluster.isClose() || cluster.isExit()).isFalse();
        if (wire.version() >= 6) {
            assertThat(cluster.getConnectedBrokers()).isEqualTo("tcp://a:1,tcp://b:2");
            assertThat(cluster.getReconnectTo()).isNullOrEmpty();
            assertThat(cluster.isRebalanceConnection()).isTrue();
        }
        assertThat((Object) written(wire, new Answer.KeepAlive())).isInstanceOf(KeepAliveInfo.class);
        MessageDispatch none = written(wire, new Answer.NoMessage(new ConsumerId("c", 1, 2)));
        assertThat(none.getMessage()).isNull();
        assertThat(none.getConsumerId().toString()).isEqualTo("c:1:2");
    }

    @ParameterizedTest
    @MethodSource("wires")
    void news(Wire wire) throws Exception {
        Id.MessageId id = new Id.MessageId("", Optional.of(new ProducerId("ID:n", 1, 0)), 5, 5);
        MessageDispatch told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2),
                WireDestination.topic("ActiveMQ.Advisory.TempQueue"), id, 123, Map.of("originBrokerName", "b"),
                new News.DestinationNews(new Id.ConnectionId("ID:c"), new WireDestination(WireDestination.Kind.TEMPORARY_QUEUE, "ID:t"), true)));
        assertThat(told.getMessage()).isExactlyInstanceOf(ActiveMQMessage.class);
        assertThat(told.getMessage().getType()).isEqualTo("Advisory");
        assertThat(told.getMessage().getProperty("originBrokerName")).hasToString("b");
        assertThat(told.getMessage().getMessageId().toString()).isEqualTo("ID:n:0:1:5");
        org.apache.activemq.command.DestinationInfo info =
                (org.apache.activemq.command.DestinationInfo) told.getMessage().getDataStructure();
        assertThat(info.isRemoveOperation()).isTrue();
        assertThat(info.getDestination()).isEqualTo(new ActiveMQTempQueue("ID:t"));
        told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2), WireDestination.topic("ActiveMQ.Advisory.Connection"), id, 123,
                Map.of(), new News.ConnectionNews(new Id.ConnectionId("ID:c"), "client", "user", "1.2.3.4:5")));
        org.apache.activemq.command.ConnectionInfo connection =
                (org.apache.activemq.command.ConnectionInfo) told.getMessage().getDataStructure();
        assertThat(connection.getClientId()).isEqualTo("client");
        assertThat(connection.getPassword()).isNull();
        News.ConsumerNews consumer = new News.ConsumerNews(new ConsumerInfo(new Command.Head(0, false), new ConsumerId("c", 1, 2),
                WireDestination.queue("q"), 7, "a = 1", "me", "sub", new ConsumerInfo.Traits(false, true, true, 3)), WireDestination.queue("q"), 1);
        for (News news : List.of(consumer, new News.SlowNews(consumer))) {
            told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2), WireDestination.topic("ActiveMQ.Advisory.x"), id, 123, Map.of(), news));
            org.apache.activemq.command.ConsumerInfo shown = (org.apache.activemq.command.ConsumerInfo) told.getMessage().getDataStructure();
            assertThat(shown.getSelector()).isEqualTo("a = 1");
            assertThat(shown.getSubscriptionName()).isEqualTo("sub");
            assertThat(shown.getPrefetchSize()).isEqualTo(7);
            assertThat(shown.getPriority()).isEqualTo((byte) 3);
            assertThat(shown.isExclusive()).isTrue();
        }
        told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2), WireDestination.topic("ActiveMQ.Advisory.x"), id, 123, Map.of(),
                new News.ProducerNews(new ProducerId("ID:p", 1, 2), WireDestination.queue("q"), 9, 1)));
        assertThat(((org.apache.activemq.command.ProducerInfo) told.getMessage().getDataStructure()).getDestination()).isEqualTo(new ActiveMQQueue("q"));
        for (Id.Told gone : List.of(new Id.ConnectionId("ID:c"), new ProducerId("ID:p", 1, 2), new ConsumerId("c", 1, 2))) {
            told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2), WireDestination.topic("ActiveMQ.Advisory.x"), id, 123, Map.of(),
                    new News.Gone("x", Map.of(), gone)));
            assertThat(((org.apache.activemq.command.RemoveInfo) told.getMessage().getDataStructure()).getObjectId()).isNotNull();
        }
        WireMessage.Labels labels = new WireMessage.Labels(Optional.empty(), WireDestination.queue("q"), WireDestination.NONE, WireDestination.NONE, Optional.of(id), "", 0,
                "", "kind", "");
        WireMessage message = new WireMessage(28, labels, new WireMessage.Terms(true, 0, 4, 5), new WireMessage.Body(false, Slice.ABSENT, Slice.ABSENT));
        told = written(wire, new Answer.Advisory(new ConsumerId("c", 1, 2), WireDestination.topic("ActiveMQ.Advisory.x"), id, 123, Map.of(),
                new News.MessageNews(News.Happening.EXPIRED, WireDestination.queue("q"), message)));
        assertThat(((ActiveMQTextMessage) told.getMessage().getDataStructure()).getType()).isEqualTo("kind");
    }

    static ActiveMQTextMessage message(String text) throws Exception {
        ActiveMQTextMessage message = new ActiveMQTextMessage();
        message.setText(text);
        message.setProducerId(PRODUCER);
        message.setMessageId(new org.apache.activemq.command.MessageId(PRODUCER, 12));
        message.setDestination(new ActiveMQQueue("q.\u00e4"));
        message.setOriginalDestination(new ActiveMQQueue("a,b"));
        message.setTransactionId(new LocalTransactionId(new ConnectionId("ID:c"), 1));
        message.setJMSReplyTo(new ActiveMQTempQueue("ID:reply"));
        message.setCorrelationId("corr");
        message.setPersistent(true);
        message.setPriority((byte) 7);
        message.setTimestamp(1_700_000_000_000L);
        message.setExpiration(4_000_000_000_000L);
        message.setType("typ");
        message.setGroupID("group");
        message.setGroupSequence(3);
        message.setUserID("user");
        message.setProperty("i", 42);
        message.setProperty("s", "ß");
        return message;
    }

    @ParameterizedTest
    @MethodSource("wires")
    void messages(Wire wire) throws Exception {
        byte[] frame = new Library(wire).write(message("grüß dich"));
        byte[] room = StoredMessage.room(Unpooled.wrappedBuffer(frame), ModifiedUtf.encode("me"));
        WireMessage.Sent sent = StoredMessage.parse(room, 2, wire);
        StoredMessage.seal(room, 2, wire, sent);
        StoredMessage stored = new StoredMessage(room);

        assertThat(sent.transaction()).contains(new Id.LocalId(1, Optional.of(new Id.ConnectionId("ID:c"))));
        for (WireMessage message : List.of(sent.message(), stored.read())) {
            assertThat(message.kind()).isEqualTo(Types.TEXT_MESSAGE);
            WireMessage.Labels labels = message.labels();
            assertThat(labels.destination()).isEqualTo(WireDestination.queue("q.\u00e4"));
            assertThat(labels.original()).isEqualTo(WireDestination.queue("a,b"));
            assertThat(labels.replyTo()).isEqualTo(new WireDestination(WireDestination.Kind.TEMPORARY_QUEUE, "ID:reply"));
            assertThat(labels.correlation()).isEqualTo("corr");
            assertThat(labels.type()).isEqualTo("typ");
            assertThat(labels.group()).isEqualTo("group");
            assertThat(labels.groupSequence()).isEqualTo(3);
            assertThat(labels.user()).isEqualTo("user");
            assertThat(message.terms()).isEqualTo(new WireMessage.Terms(true, 4_000_000_000_000L, 7, 1_700_000_000_000L));
        }
        assertThat(stored.goesTo(WireDestination.Kind.QUEUE, "q.\u00e4")).isTrue();
        assertThat(stored.goesTo(WireDestination.Kind.TOPIC, "q.\u00e4")).isFalse();
        assertThat(stored.goesTo(WireDestination.Kind.QUEUE, "q.\u00e5")).isFalse();
        assertThat(stored.clientId()).isEqualTo("me");
        assertThat(stored.expiration()).isEqualTo(4_000_000_000_000L);
        assertThat(Primitives.find(stored.properties(), "s")).isEqualTo("ß");
        assertThat(Primitives.find(stored.properties(), "i")).isEqualTo(42);
        assertThat(Primitives.find(stored.properties(), "x")).isNull();
        assertThat(Bodies.read(stored.read().kind(), stored.read().body())).isEqualTo(new io.delos.message.Content.Text("grüß dich"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void destinationsOfAllKinds(Wire wire) throws Exception {
        for (byte type : new byte[] {ActiveMQDestination.QUEUE_TYPE, ActiveMQDestination.TOPIC_TYPE, ActiveMQDestination.TEMP_QUEUE_TYPE,
                ActiveMQDestination.TEMP_TOPIC_TYPE}) {
            ActiveMQDestination destination = ActiveMQDestination.createDestination("x.y", type);
            Command.DestinationInfo got = (Command.DestinationInfo) read(wire, new org.apache.activemq.command.DestinationInfo(
                    new ConnectionId("c"), (byte) 0, destination));
            assertThat(got.destination().toString()).isEqualTo(destination.getQualifiedName());
        }
    }
}
