package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets how much, and when. */
class FlowIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> config
            .withAddressSettings("block.#", Map.of("max-size-bytes", "20000", "address-full-policy", "BLOCK"))
            .withAddressSettings("fail.#", Map.of("max-size-bytes", "20000", "address-full-policy", "FAIL")));

    private static void send(Session session, Queue queue, int count) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < count; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void thePrefetchIsWhatIsWithTheClient(int prefetch) throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.prefetchPolicy.queuePrefetch=" + prefetch);
             Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("prefetch"));
            ActiveMQMessageConsumer greedy = (ActiveMQMessageConsumer) session.createConsumer(queue);
            send(session, queue, 3 * prefetch);
            await().until(() -> greedy.getMessageSize() == prefetch);
            MessageConsumer other = session.createConsumer(queue);
            for (int i = 0; i < prefetch; i++) {
                assertThat(text(other.receive(5000))).isEqualTo("m" + (prefetch + i));
            }
            assertThat(greedy.getMessageSize()).isEqualTo(prefetch);
        }
    }

    @Test
    void withoutPrefetchEachMessageIsAskedFor() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.prefetchPolicy.queuePrefetch=0");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("pull"));
            MessageConsumer one = session.createConsumer(queue);
            MessageConsumer two = session.createConsumer(queue);
            assertThat(one.receiveNoWait()).isNull();
            assertThat(one.receive(50)).isNull();
            send(session, queue, 4);
            assertThat(text(one.receive(5000))).isEqualTo("m0");
            assertThat(text(two.receiveNoWait())).isEqualTo("m1");
            assertThat(text(two.receive())).isEqualTo("m2");
            assertThat(text(one.receiveNoWait())).isEqualTo("m3");
            assertThat(one.receiveNoWait()).isNull();
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return text(one.receive(20_000));
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (ActiveMQConnection other = SERVER.connect(""); Session sending = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                send(sending, queue, 1);
            }
            assertThat(waiting.get()).isEqualTo("m0");
        }
    }

    private static BytesMessage kilobytes(Session session, int count) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[count << 10]);
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = {"jms.alwaysSyncSend=true", "jms.useAsyncSend=true", "jms.useAsyncSend=true&jms.producerWindowSize=30000"})
    void aFullAddressKeepsItsProducersWaiting(String how) throws Exception {
        int count = 60;
        try (ActiveMQConnection connection = SERVER.connect(how); ActiveMQConnection other = SERVER.connect("jms.prefetchPolicy.queuePrefetch=1")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(SERVER.unique("block"));
            MessageProducer producer = session.createProducer(queue);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        BytesMessage message = kilobytes(session, 4);
                        message.setIntProperty("i", i);
                        producer.send(message);
                    }
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> SERVER.server().broker().routes().queue(queue.getQueueName()).isPresent()
                    && SERVER.server().broker().routes().queue(queue.getQueueName()).get().usage().full());
            Session receiving = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = receiving.createConsumer(queue);
            for (int i = 0; i < count; i++) {
                Message message = consumer.receive(5000);
                assertThat(message).as("message %s", i).isNotNull();
                assertThat(message.getIntProperty("i")).isEqualTo(i);
            }
            sending.get();
        }
    }

    @Test
    void aSenderThatWaitsDoesNotKeepItsConnectionFromConsuming() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.alwaysSyncSend=true&jms.prefetchPolicy.queuePrefetch=1")) {
            Session sender = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session receiver = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = sender.createQueue(SERVER.unique("block"));
            MessageProducer producer = sender.createProducer(queue);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 30; i++) {
                        producer.send(kilobytes(sender, 4));
                    }
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> SERVER.server().broker().routes().queue(queue.getQueueName()).get().usage().full());
            MessageConsumer consumer = receiver.createConsumer(queue);
            for (int i = 0; i < 30; i++) {
                assertThat(consumer.receive(5000)).isNotNull();
            }
            sending.get();
        }
    }

    @Test
    void aFullAddressMayRefuse() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.alwaysSyncSend=true");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = session.createProducer(session.createQueue(SERVER.unique("fail")));
            assertThatThrownBy(() -> {
                for (int i = 0; i < 20; i++) {
                    producer.send(kilobytes(session, 4));
                }
            }).isInstanceOf(ResourceAllocationException.class);
            try (Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED)) {
                MessageProducer inTransaction = transacted.createProducer(producer.getDestination());
                try {
                    inTransaction.send(transacted.createTextMessage("x"));
                } catch (ResourceAllocationException told) {
                    assertThat(told).hasMessageContaining("full");
                }
                assertThatThrownBy(transacted::commit).isInstanceOf(JMSException.class).hasMessageContaining("full");
            }
        }
    }

    @Test
    void aSlowReaderGetsEverythingInTheEnd() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.useAsyncSend=true");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("slow"));
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < 300; i++) {
                producer.send(kilobytes(session, 64));
            }
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 300; i++) {
                assertThat(consumer.receive(5000)).as("message %s", i).isNotNull();
            }
        }
    }
}
