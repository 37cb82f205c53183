package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our own client against our own server. */
class CoreClientIT {
    private static final Duration WAIT = Duration.ofSeconds(60);

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private CoreClient client;
    private CoreClientSession session;
    private String queue;

    @BeforeEach
    void connect() throws IOException {
        client = SERVER.client();
        session = client.openSession(false);
        queue = "own." + SERVER.unique();
        session.createQueue(QueueRequest.of(queue, queue, RoutingType.ANYCAST));
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    private static NeutralMessage message(String address, String text) {
        return new NeutralMessage(new NeutralMessage.Header(address, Message.ROUTE_BOTH, true, 4, 0, 0, 0, "", "", Destination.NONE, "", "", 0,
                "", ""), Map.of("n", 1), new Content.Text(text));
    }

    @Test
    void sendReceiveAcknowledge() throws IOException {
        session.send(message(queue, "one"));
        CoreClientConsumer consumer = session.consume(queue, "n = 1");
        ReceivedMessage received = consumer.receive(WAIT).orElseThrow();
        assertThat(received.message().content()).isEqualTo(new Content.Text("one"));
        assertThat(received.message().properties()).containsEntry("n", 1);
        assertThat(received.deliveryCount()).isEqualTo(1);
        assertThat(session.queryQueue(queue).consumers()).isEqualTo(1);
        session.acknowledge(received);
        assertThat(consumer.receiveNow()).isEmpty();
        consumer.close();
        session.deleteQueue(queue);
        assertThat(session.queryQueue(queue).exists()).isFalse();
    }

    @Test
    void browsingLeavesEverything() throws IOException {
        for (int i = 0; i < 20; i++) {
            session.send(message(queue, "m" + i));
        }
        try (CoreClientConsumer browser = session.browse(queue, "")) {
            List<Content> seen = new ArrayList<>();
            for (var next = browser.receiveNow(); next.isPresent(); next = browser.receiveNow()) {
                seen.add(next.get().message().content());
            }
            assertThat(seen).hasSize(20);
        }
        assertThat(session.queryQueue(queue).messages()).isEqualTo(20);
    }

    @Test
    void manySendsUnderWay() throws Exception {
        List<CompletableFuture<Void>> sends = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sends.add(session.sendAsync(message(queue, "m" + i)));
        }
        CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        assertThat(session.queryQueue(queue).messages()).isEqualTo(500);
    }

    @Test
    void transactions() throws IOException {
        try (CoreClientSession transacted = client.openSession(true)) {
            transacted.send(message(queue, "gone"));
            transacted.rollback();
            transacted.send(message(queue, "kept"));
            transacted.commit();
            CoreClientConsumer consumer = transacted.consume(queue, "");
            ReceivedMessage first = consumer.receive(WAIT).orElseThrow();
            assertThat(first.message().content()).isEqualTo(new Content.Text("kept"));
            transacted.acknowledge(first);
            transacted.rollback();
            ReceivedMessage again = consumer.receive(WAIT).orElseThrow();
            assertThat(again.deliveryCount()).isEqualTo(2);
            transacted.acknowledge(again);
            transacted.commit();
        }
        assertThat(session.queryQueue(queue).messages()).isZero();
    }

    @Test
    void addresses() throws IOException {
        String address = "address." + SERVER.unique();
        assertThat(session.queryAddress(address).exists()).isFalse();
        session.createAddress(address, Set.of(RoutingType.MULTICAST, RoutingType.ANYCAST));
        CoreClientSession.AddressState state = session.queryAddress(address);
        assertThat(state.exists()).isTrue();
        assertThat(state.queues()).isEmpty();
        assertThat(state.routingTypes()).containsExactlyInAnyOrder(RoutingType.MULTICAST, RoutingType.ANYCAST);
    }

    @Test
    void refusalsCarryTheirCode() {
        assertThatThrownBy(() -> session.createQueue(QueueRequest.of(queue, queue, RoutingType.ANYCAST)))
                .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(101));
        assertThatThrownBy(() -> session.deleteQueue("not there"))
                .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(100));
        assertThatThrownBy(() -> session.consume("not there", ""))
                .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(100));
        assertThatThrownBy(() -> session.consume(queue, "no ( good"))
                .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(103));
    }

    @Test
    void queuesInUseStay() throws IOException {
        session.consume(queue, "");
        assertThatThrownBy(() -> session.deleteQueue(queue))
                .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(104));
    }

    @Test
    void managementAnswers() throws IOException {
        session.send(message(queue, "counted"));
        try (CoreManagement management = CoreManagement.open(client)) {
            assertThat(management.attribute("broker", "name").asText()).isEqualTo("test");
            assertThat(management.attribute("queue." + queue, "MessageCount").asLong()).isEqualTo(1);
            assertThat(management.invoke("broker", "getQueueNames").toString()).contains(queue);
            assertThatThrownBy(() -> management.invoke("broker", "noSuchOperation", 1))
                    .isInstanceOfSatisfying(CoreClientException.class, e -> assertThat(e.code()).isEqualTo(CoreClientException.MANAGEMENT))
                    .hasMessageContaining("noSuchOperation/1");
        }
    }
}
