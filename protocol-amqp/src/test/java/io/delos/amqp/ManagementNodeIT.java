package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.MapMessage;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The management node (OASIS AMQP Management 1.0, working draft 11), frame by frame and with a client. */
class ManagementNodeIT extends WireCase {

    private static final int REQUESTS = 0;
    private static final int ANSWERS = 1;
    private static final String HERE = "answers-here";

    @BeforeEach
    void attach() throws IOException {
        assertThat(peer.sender(REQUESTS, WirePeer.target("$management")).getLinkCredit().intValue()).isEqualTo(10);
        peer.send(WirePeer.attaching("answers", ANSWERS, Role.RECEIVER, WirePeer.source("$management"), WirePeer.target(HERE)));
        assertThat(peer.expect(Attach.class).getSource()).isNotNull();
        peer.credit(ANSWERS, 1000, 0, false);
    }

    /** An answer. */
    private record Told(int status, String why, Map<String, Object> properties, Object body) {
        @SuppressWarnings("unchecked")
        Map<String, Object> attributes() {
            return (Map<String, Object>) body;
        }
    }

    private static byte[] request(String replyTo, Object id, Map<String, Object> properties, Object body) {
        Message request = Message.Factory.create();
        request.setMessageId(id);
        request.setReplyTo(replyTo);
        request.setApplicationProperties(new ApplicationProperties(properties));
        request.setBody(new AmqpValue(body));
        return Encoded.of(request);
    }

    private static Map<String, Object> asking(String operation, String type, String name) {
        return new LinkedHashMap<>(Map.of("operation", operation, "type", type, "name", name));
    }

    private Told ask(Map<String, Object> properties, Object body) throws IOException {
        peer.put(REQUESTS, request(HERE, "question", properties, body));
        boolean accepted = false;
        Told told = null;
        // the outcome, the answer, and credit for the next one
        for (int left = 3; left > 0; left--) {
            Object frame = peer.next().getBody();
            accepted |= frame instanceof Disposition disposition && disposition.getState() instanceof Accepted;
            told = frame instanceof Transfer ? told() : told;
            assertThat(frame).isInstanceOfAny(Disposition.class, Transfer.class, Flow.class);
        }
        assertThat(accepted).isTrue();
        return told;
    }

    private Told told() {
        Message answer = peer.payload();
        assertThat(answer.getCorrelationId()).isEqualTo("question");
        Map<String, Object> properties = answer.getApplicationProperties().getValue();
        return new Told((Integer) properties.get("statusCode"), (String) properties.get("statusDescription"), properties,
                ((AmqpValue) answer.getBody()).getValue());
    }

    @Test
    void anAnonymousSenderFindsTheNodeToo() throws IOException {
        peer.sender(5, WirePeer.target(null));
        Message request = Message.Factory.create();
        request.setMessageId("question");
        request.setAddress("$management");
        request.setReplyTo(HERE);
        request.setApplicationProperties(new ApplicationProperties(asking("READ", "broker", "")));
        request.setBody(new AmqpValue(null));
        peer.put(5, Encoded.of(request));
        int outcomes = 0;
        for (int left = 2; left > 0; left--) {
            if (peer.next().getBody() instanceof Disposition disposition) {
                assertThat(disposition.getState()).isInstanceOf(Accepted.class);
                outcomes++;
            } else {
                assertThat(told().status()).isEqualTo(200);
            }
        }
        assertThat(outcomes).isOne();
        request.setReplyTo(null);
        peer.put(5, Encoded.of(request));
        assertThat(((Rejected) peer.expect(Disposition.class).getState()).getError().getCondition().toString()).isEqualTo("amqp:invalid-field");
        assertThat(SERVER.server().broker().routes().find("$management")).isEmpty();
    }

    @Test
    void aQueueIsMadeReadChangedAndDeleted() throws IOException {
        Told made = ask(asking("CREATE", "queue", queue), Map.of("routing-type", "ANYCAST", "max-consumers", 3));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.attributes()).containsEntry("name", queue).containsEntry("type", "queue").containsEntry("identity", queue)
                .containsEntry("MaxConsumers", 3).containsEntry("RoutingType", "ANYCAST").containsEntry("MessageCount", 0L);
        assertThat(ask(asking("CREATE", "queue", queue), Map.of()).status()).isEqualTo(409);
        peer.sender(7, WirePeer.target(queue, "queue"));
        peer.putAll(7, "one", "two");
        assertThat(ask(asking("READ", "queue", queue), null).attributes()).containsEntry("MessageCount", 2L);
        Told changed = ask(asking("UPDATE", "queue", queue), Map.of("MaxConsumers", 5));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.attributes()).containsEntry("MaxConsumers", 5);
        Told emptied = ask(asking("removeAllMessages", "queue", queue), List.of());
        assertThat(emptied.status()).isEqualTo(200);
        assertThat(((Number) emptied.body()).intValue()).isEqualTo(2);
        assertThat(ask(asking("DELETE", "queue", queue), null).status()).isEqualTo(204);
        assertThat(ask(asking("READ", "queue", queue), null).status()).isEqualTo(404);
        assertThat(ask(asking("DELETE", "queue", queue), null).status()).isEqualTo(404);
    }

    @Test
    void anAddressIsMadeReadChangedAndDeleted() throws IOException {
        Told made = ask(asking("CREATE", "address", queue), Map.of("routing-types", "ANYCAST"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.attributes()).containsEntry("RoutingTypes", List.of("ANYCAST"));
        Told changed = ask(asking("UPDATE", "address", queue), Map.of("RoutingTypes", List.of("ANYCAST", "MULTICAST")));
        assertThat((List<?>) changed.attributes().get("RoutingTypes")).hasSize(2);
        assertThat(ask(asking("CREATE", "queue", queue + ".q"), Map.of("address", queue, "routing-type", "ANYCAST")).status()).isEqualTo(201);
        assertThat(ask(asking("DELETE", "address", queue), null).status()).isEqualTo(409);
        assertThat(ask(asking("DELETE", "queue", queue + ".q"), null).status()).isEqualTo(204);
        assertThat(ask(asking("DELETE", "address", queue), null).status()).isEqualTo(204);
        assertThat(ask(asking("READ", "address", queue), null).status()).isEqualTo(404);
    }

    @Test
    @SuppressWarnings("unchecked")
    void whatThereIsCanBeAskedForPieceByPiece() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(ask(asking("CREATE", "queue", queue + "." + i), Map.of("routing-type", "ANYCAST")).status()).isEqualTo(201);
        }
        Map<String, Object> query = asking("QUERY", "org.amqp.management", "self");
        query.put("entityType", "queue");
        Map<String, Object> body = Map.of("attributeNames", List.of("name", "RoutingType", "nonsense"));
        Told all = ask(query, body);
        assertThat(all.attributes().get("attributeNames")).isEqualTo(List.of("name", "RoutingType", "nonsense"));
        List<List<Object>> rows = (List<List<Object>>) all.attributes().get("results");
        assertThat(all.properties()).containsEntry("count", rows.size());
        assertThat(rows).contains(Arrays.asList(queue + ".0", "ANYCAST", null), Arrays.asList(queue + ".2", "ANYCAST", null));
        query.put("offset", 1);
        query.put("count", 1);
        assertThat(ask(query, body).attributes()).containsEntry("results", List.of(rows.get(1)));
        query.put("offset", Integer.MAX_VALUE);
        assertThat(ask(query, body).attributes()).containsEntry("results", List.of());
    }

    @Test
    void theNodeSaysWhatItKnows() throws IOException {
        Map<String, Object> types = ask(asking("GET-TYPES", "org.amqp.management", "self"), null).attributes();
        assertThat(types).containsOnlyKeys("broker", "address", "queue", "divert", "acceptor", "protocol");
        Map<String, Object> attributes = ask(asking("GET-ATTRIBUTES", "org.amqp.management", "self"), null).attributes();
        assertThat((List<?>) attributes.get("queue")).asList().startsWith("name", "identity", "type").contains("MessageCount", "ConsumerCount");
        Map<String, Object> one = asking("GET-OPERATIONS", "org.amqp.management", "self");
        one.put("entityType", "queue");
        Map<String, Object> operations = ask(one, null).attributes();
        assertThat(operations).containsOnlyKeys("queue");
        assertThat((Map<?, ?>) operations.get("queue")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP).containsKeys("CREATE", "DELETE", "removeAllMessages", "pause");
        assertThat(ask(asking("GET-MGMT-NODES", "org.amqp.management", "self"), null).body()).isEqualTo(List.of());
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        Map<Integer, Map<String, Object>> wrong = new HashMap<>();
        wrong.put(400, asking("", "org.amqp.management", "self"));
        wrong.put(404, asking("READ", "teapot", "t"));
        wrong.put(501, asking("BREW", "broker", "b"));
        for (Map.Entry<Integer, Map<String, Object>> one : wrong.entrySet()) {
            Told told = ask(one.getValue(), null);
            assertThat(told.status()).as(told.why()).isEqualTo(one.getKey());
            assertThat(told.why()).isNotEmpty();
        }
        assertThat(ask(asking("CREATE", "queue", queue), Map.of("no-such-attribute", 1)).status()).isEqualTo(400);
        assertThat(ask(asking("CREATE", "queue", queue), List.of("no map")).status()).isEqualTo(400);
        assertThat(ask(asking("CREATE", "acceptor", queue), Map.of()).status()).isEqualTo(501);
        assertThat(ask(asking("removeMessages", "queue", queue), null).status()).isEqualTo(404);
    }

    @Test
    void aRequestThatIsNoneIsRejected() throws IOException {
        peer.put(REQUESTS, WirePeer.bytes(1, 2, 3));
        assertThat(rejection()).isEqualTo("amqp:decode-error");
        peer.put(REQUESTS, request(null, "q", asking("READ", "broker", "b"), null));
        assertThat(rejection()).isEqualTo("amqp:invalid-field");
        assertThat(ask(asking("READ", "broker", "b"), null).status()).isEqualTo(200);
    }

    private String rejection() throws IOException {
        Disposition outcome = null;
        for (int left = 2; left > 0; left--) {
            Object frame = peer.next().getBody();
            assertThat(frame).isInstanceOfAny(Disposition.class, Flow.class);
            outcome = frame instanceof Disposition said ? said : outcome;
        }
        assertThat(outcome).isNotNull();
        return ((Rejected) outcome.getState()).getError().getCondition().toString();
    }

    @Test
    void aRequestBeyondItsSizeEndsItsLink() throws IOException {
        peer.send(peer.transfer(REQUESTS, peer.nextDelivery(), true), new byte[40_000]);
        Transfer more = new Transfer();
        more.setHandle(UnsignedInteger.ZERO);
        peer.send(more, new byte[40_000]);
        assertThat(peer.detached()).isEqualTo("amqp:link:message-size-exceeded");
        othersAreServed();
    }

    @Test
    void answersWaitForCreditAndAreSentAsAskedFor() throws IOException {
        Attach unsettled = WirePeer.attaching("slow", 5, Role.RECEIVER, WirePeer.source("$management"), WirePeer.target("slow-place"));
        unsettled.setSndSettleMode(SenderSettleMode.UNSETTLED);
        peer.send(unsettled);
        UnsignedInteger handle = peer.expect(Attach.class).getHandle();
        for (int i = 0; i < 2; i++) {
            peer.put(REQUESTS, request("slow-place", "question", asking("READ", "broker", "b"), null));
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        }
        peer.credit(5, 1, 0, false);
        Transfer answer = nextTransfer();
        assertThat(answer.getSettled()).isNotEqualTo(true);
        assertThat(told().status()).isEqualTo(200);
        peer.settle(answer.getDeliveryId().intValue(), answer.getDeliveryId().intValue(), Accepted.getInstance());
        peer.credit(5, 1, 1, false);
        assertThat(nextTransfer().getHandle()).isEqualTo(handle);
        assertThat(told().status()).isEqualTo(200);
        peer.credit(5, 5, 2, true);
        Flow flow = peer.expect(Flow.class);
        while (!flow.getHandle().equals(handle)) {
            flow = peer.expect(Flow.class);
        }
        assertThat(flow.getLinkCredit().intValue()).isZero();
    }

    private Transfer nextTransfer() throws IOException {
        Object frame = peer.next().getBody();
        while (frame instanceof Flow) {
            frame = peer.next().getBody();
        }
        assertThat(frame).isInstanceOf(Transfer.class);
        return (Transfer) frame;
    }

    @Test
    void aQueueOfLastValuesIsMadeAndKnowsTheKey() throws IOException {
        assertThat(ask(asking("CREATE", "queue", queue), Map.of("routing-type", "ANYCAST", "last-value", true)).status()).isEqualTo(201);
        peer.sender(7, WirePeer.target(queue, "queue"));
        for (String value : List.of("a1", "b1", "a2")) {
            Message message = Message.Factory.create();
            message.setBody(new AmqpValue(value));
            message.setApplicationProperties(new ApplicationProperties(Map.of("_AMQ_LVQ_NAME", value.substring(0, 1))));
            peer.put(7, Encoded.of(message));
            assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        }
        peer.receiver(8, WirePeer.source(queue, "queue"));
        peer.credit(8, 5, 0, false);
        assertThat(List.of(peer.take(), peer.take())).containsExactlyInAnyOrder("b1", "a2");
    }

    /** Answers that go to an address like others. */
    @Test
    void aClientAsksAsClientsDo() throws Exception {
        try (JmsConnection connection = SERVER.connect()) {
            Session session = connection.createSession();
            MapMessage request = session.createMapMessage();
            request.setString("routing-type", "ANYCAST");
            request.setStringProperty("operation", "CREATE");
            request.setStringProperty("type", "queue");
            request.setStringProperty("name", queue);
            jakarta.jms.TemporaryQueue answers = session.createTemporaryQueue();
            request.setJMSReplyTo(answers);
            MessageConsumer consumer = session.createConsumer(answers);
            session.createProducer(session.createQueue("$management")).send(request);
            ObjectMessage answer = (ObjectMessage) consumer.receive(10_000);
            assertThat(answer.getIntProperty("statusCode")).isEqualTo(201);
            assertThat(answer.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
            assertThat(((Map<?, ?>) answer.getObject()).get("name")).isEqualTo(queue);
        }
        assertThat(SERVER.server().broker().findQueue(queue)).isPresent();
    }
}
