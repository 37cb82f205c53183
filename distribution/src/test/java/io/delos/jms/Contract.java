package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.delos.proof.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a chapter of Jakarta Messaging 3.1 promises, held against a broker over a client's own protocol. The number in a test's comment is
 * the section; {@code docs/jakarta-messaging.md} has the whole table.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("wires")
@Timeout(60)
@ExtendWith(Contract.Lacking.class)
abstract class Contract {
    /** Skips what OpenWire's client has no method for, and says so. */
    static final class Lacking implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
            boolean lacking = thrown instanceof UnsupportedOperationException && thrown.getMessage().endsWith(" is not supported")
                    && ((Contract) context.getRequiredTestInstance()).wire == Wire.OPENWIRE;
            if (!lacking) {
                throw thrown;
            }
            skip(context.getRequiredTestMethod().getName() + " over OpenWire: this client says " + thrown.getMessage());
        }
    }

    static void skip(String reason) {
        System.out.println("Skipped: " + reason);
        abort(reason);
    }

    /** Milliseconds to wait for what must come. */
    static final long WAIT = 60_000;
    private static final long MOMENT = 100;

    @Parameter
    Wire wire;

    Connection connection;
    Session session;

    private final List<AutoCloseable> opened = new ArrayList<>();

    static Stream<Wire> wires() {
        return Wire.chosen();
    }

    @BeforeEach
    final void open() throws JMSException {
        connection = connect("");
        connection.start();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** One more connection, not started, closed when the test ends. */
    final Connection connect(String options) throws JMSException {
        return kept(wire.factory(Target.port(), options).createConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
    }

    /** One more connection with a client identifier, started. */
    final Connection client(String id) throws JMSException {
        Connection made = connect("");
        made.setClientID(id);
        made.start();
        return made;
    }

    final JMSContext context(int mode) {
        return kept(wire.factory(Target.port(), "").createContext(BrokerProcess.USER, BrokerProcess.PASSWORD, mode));
    }

    final <T extends AutoCloseable> T kept(T what) {
        opened.add(0, what);
        return what;
    }

    final Queue queue() throws JMSException {
        return session.createQueue(Target.name("q"));
    }

    final Topic topic() throws JMSException {
        return session.createTopic(Target.name("t"));
    }

    /** Sends texts with the test's own session. */
    final void send(Destination where, String... texts) throws JMSException {
        send(session, where, texts);
    }

    static void send(Session with, Destination where, String... texts) throws JMSException {
        try (var producer = with.createProducer(where)) {
            for (String text : texts) {
                producer.send(with.createTextMessage(text));
            }
        }
    }

    /** Receives exactly these texts, in this order. */
    static void expect(MessageConsumer consumer, String... texts) throws JMSException {
        for (String text : texts) {
            assertThat(text(consumer.receive(WAIT))).isEqualTo(text);
        }
    }

    /** A consumer of its own gets exactly these texts first, in this order. */
    final void expectOn(Destination where, String... texts) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(where)) {
            expect(consumer, texts);
        }
    }

    /** A consumer of its own gets nothing. */
    final void expectNothingOn(Destination where) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(where)) {
            expectNothing(consumer);
        }
    }

    /** The texts of all that is there, in the order they come. */
    static List<String> drain(MessageConsumer... consumers) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (MessageConsumer consumer : consumers) {
            for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
                texts.add(text(message));
            }
        }
        return texts;
    }

    /** Nothing more is there; what there is, the broker must hand out before it says so. OpenWire's client doesn't ask, and waits a moment instead. */
    static void expectNothing(MessageConsumer consumer) throws JMSException {
        assertThat(consumer instanceof ActiveMQMessageConsumer ? consumer.receive(MOMENT) : consumer.receiveNoWait()).isNull();
    }

    /** The queue for a consumer that asks the broker each time, so that it knows when there is nothing: OpenWire's does so without prefetch alone. */
    final Queue asked(Queue queue) throws JMSException {
        return wire == Wire.OPENWIRE ? session.createQueue(queue.getQueueName() + "?consumer.prefetchSize=0") : queue;
    }

    static String text(Message message) throws JMSException {
        assertThat(message).as("a message").isInstanceOf(TextMessage.class);
        return ((TextMessage) message).getText();
    }

    /** Sends a message to a queue of its own and returns what a consumer gets. */
    @SuppressWarnings("unchecked")
    final <M extends Message> M roundTrip(M message) throws JMSException {
        Queue queue = queue();
        try (var producer = session.createProducer(queue); MessageConsumer consumer = session.createConsumer(queue)) {
            producer.send(message);
            Message received = consumer.receive(WAIT);
            assertThat(received).isNotNull();
            return (M) received;
        }
    }
}
