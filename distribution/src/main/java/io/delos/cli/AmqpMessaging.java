package io.delos.cli;

import io.delos.message.NeutralMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.util.Enumeration;
import java.util.Optional;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Speaks AMQP 1.0 through the Jakarta Messaging client of Qpid. */
final class AmqpMessaging implements Messaging {

    private final Connection connection;

    private AmqpMessaging(Connection connection) {
        this.connection = connection;
    }

    static AmqpMessaging connect(BrokerUrl url, Login login) throws IOException {
        try {
            JmsConnectionFactory factory = new JmsConnectionFactory(url.forAmqp());
            factory.setUsername(login.user().orElse(null));
            factory.setPassword(login.password().orElse(null));
            login.clientId().ifPresent(factory::setClientID);
            Connection connection = factory.createConnection();
            try {
                connection.start();
            } catch (JMSException e) {
                connection.close();
                throw e;
            }
            return new AmqpMessaging(connection);
        } catch (JMSException e) {
            throw told(e);
        }
    }

    @Override
    public Line open(boolean transacted) throws IOException {
        return ask(() -> new AmqpLine(
                connection.createSession(transacted ? Session.SESSION_TRANSACTED : Session.CLIENT_ACKNOWLEDGE)));
    }

    @Override
    public Management management() throws IOException {
        return ask(() -> AmqpManagement.open(connection));
    }

    @Override
    public String label(Place place) {
        return place.name();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException lost) {
            // closing is all that was wanted
        }
    }

    private interface Asked<T> {
        T get() throws JMSException;
    }

    private static <T> T ask(Asked<T> asked) throws IOException {
        try {
            return asked.get();
        } catch (JMSException e) {
            throw told(e);
        }
    }

    private interface Done {
        void run() throws JMSException;
    }

    private static void tell(Done done) throws IOException {
        ask(() -> {
            done.run();
            return null;
        });
    }

    private static IOException told(JMSException e) {
        return new IOException(e.getMessage(), e);
    }

    private record AmqpLine(Session session) implements Line {

        @Override
        public Outbox outbox(Place place) throws IOException {
            return ask(() -> new AmqpOutbox(session, session.createProducer(destination(place))));
        }

        private Destination destination(Place place) throws JMSException {
            return place.topic() ? session.createTopic(place.name()) : session.createQueue(place.name());
        }

        @Override
        public Inbox inbox(Place place, Wish wish) throws IOException {
            return ask(() -> new AmqpInbox(consumer(destination(place), wish)));
        }

        private MessageConsumer consumer(Destination destination, Wish wish) throws JMSException {
            String filter = wish.filter().orElse(null);
            if (destination instanceof Topic topic && wish.subscription().isPresent()) {
                String name = wish.subscription().get();
                if (!wish.durable()) {
                    return session.createSharedConsumer(topic, name, filter);
                }
                return wish.shared() ? session.createSharedDurableConsumer(topic, name, filter)
                        : session.createDurableConsumer(topic, name, filter, wish.noLocal());
            }
            return session.createConsumer(destination, filter, wish.noLocal());
        }

        @Override
        public Inbox browse(Place queue, Optional<String> filter) throws IOException {
            return ask(() -> {
                QueueBrowser browser = session.createBrowser((Queue) destination(new Place(queue.name(), false)), filter.orElse(null));
                return new AmqpBrowser(browser, browser.getEnumeration());
            });
        }

        @Override
        public void commit() throws IOException {
            tell(session::commit);
        }

        @Override
        public void close() throws IOException {
            tell(session::close);
        }
    }

    private record AmqpOutbox(Session session, MessageProducer producer) implements Outbox {

        @Override
        public void send(NeutralMessage letter) throws IOException {
            tell(() -> AmqpLetters.send(session, producer, letter));
        }

        @Override
        public void close() throws IOException {
            tell(producer::close);
        }
    }

    private static final class AmqpInbox implements Inbox {

        private final MessageConsumer consumer;
        private Message last;

        AmqpInbox(MessageConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public Optional<NeutralMessage> receive(long millis) throws IOException {
            return ask(() -> {
                Message message = millis < 0 ? consumer.receive() : millis == 0 ? consumer.receiveNoWait() : consumer.receive(millis);
                if (message == null) {
                    return Optional.empty();
                }
                last = message;
                return Optional.of(AmqpLetters.read(message));
            });
        }

        @Override
        public void acknowledge() throws IOException {
            if (last != null) {
                Message message = last;
                last = null;
                tell(message::acknowledge);
            }
        }

        @Override
        public void close() throws IOException {
            tell(consumer::close);
        }
    }

    private record AmqpBrowser(QueueBrowser browser, Enumeration<?> messages) implements Inbox {

        @Override
        public Optional<NeutralMessage> receive(long millis) throws IOException {
            return messages.hasMoreElements()
                    ? Optional.of(ask(() -> AmqpLetters.read((Message) messages.nextElement()))) : Optional.empty();
        }

        @Override
        public void acknowledge() {
            // a browser leaves everything where it is
        }

        @Override
        public void close() throws IOException {
            tell(browser::close);
        }
    }
}
