package io.delos.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What applications do with a session beside sending one message after the other; 1 KiB each, durable. */
record Exchange(Row.Protocol protocol, Kind kind) implements Trial {
    private static final int BODY = 1024;
    private static final int BATCH = 100;
    private static final int LEAD = 40;
    private static final int FILL = 60_000;
    private static final int CLIENTS = 4;
    private static final long PATIENCE_MILLIS = 20_000;

    /** The use that is made of it. */
    enum Kind {
        /** Sent in transactions of a hundred, and received so. */
        TRANSACTED,
        /** A filled queue received with the client's prefetch and automatic acknowledgement; nobody sends. */
        CONSUME,
        /** Four clients ask, each with a temporary queue for the answers, and four services answer. */
        REQUESTS
    }

    /** Something a thread does again and again, and how many messages that was. */
    private interface Step {
        int go() throws Exception;
    }

    static List<Trial> all() {
        List<Trial> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(new Exchange(Row.Protocol.CORE, kind));
            all.add(new Exchange(Row.Protocol.AMQP, kind));
        }
        return all;
    }

    @Override
    public String name() {
        return (protocol + "-" + kind).toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        ConnectionFactory factory = JmsWire.factory(protocol, side.broker().port());
        Figures figures = new Figures();
        try (Work work = new Work(factory)) {
            switch (kind) {
                case TRANSACTED -> transacted(work);
                case REQUESTS -> requests(work);
                default -> {
                    consume(work, side, figures);
                    return figures;
                }
            }
            work.pause(options.warmUp());
            double cpu = side.proc().cpuMillis();
            long before = work.count.get();
            long start = System.nanoTime();
            work.pause(options.seconds());
            long messages = work.count.get() - before;
            figures.put("rate", messages / ((System.nanoTime() - start) / 1e9));
            figures.put("cpu", (side.proc().cpuMillis() - cpu) * 1000 / Math.max(1, messages));
        } catch (JMSException e) {
            figures.fail(e.toString());
        }
        return figures;
    }

    private static void transacted(Work work) throws JMSException {
        Semaphore ahead = new Semaphore(LEAD);
        Session out = work.session(true);
        Session in = work.session(true);
        Queue queue = out.createQueue("bench.transacted");
        MessageProducer producer = out.createProducer(queue);
        MessageConsumer consumer = in.createConsumer(queue);
        work.repeat(() -> {
            if (ahead.tryAcquire(1, TimeUnit.SECONDS)) {
                for (int i = 0; i < BATCH; i++) {
                    producer.send(body(out));
                }
                out.commit();
            }
            return 0;
        });
        work.repeat(() -> {
            for (int i = 0; i < BATCH; i++) {
                if (consumer.receive(i == 0 ? 1000 : PATIENCE_MILLIS) == null) {
                    return 0;
                }
            }
            in.commit();
            ahead.release();
            return BATCH;
        });
    }

    private static void requests(Work work) throws JMSException {
        for (int i = 0; i < CLIENTS; i++) {
            Session service = work.session(false);
            Session client = work.session(false);
            Queue queue = service.createQueue("bench.requests." + i);
            MessageProducer answers = service.createProducer(null);
            service.createConsumer(queue).setMessageListener(request -> {
                try {
                    answers.send(request.getJMSReplyTo(), body(service));
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            TemporaryQueue own = client.createTemporaryQueue();
            MessageProducer producer = client.createProducer(queue);
            MessageConsumer consumer = client.createConsumer(own);
            work.repeat(() -> {
                Message request = body(client);
                request.setJMSReplyTo(own);
                producer.send(request);
                if (consumer.receive(PATIENCE_MILLIS) == null) {
                    throw new IllegalStateException("no answer");
                }
                return 1;
            });
        }
    }

    private static void consume(Work work, Side side, Figures figures) throws JMSException, IOException {
        Session out = work.session(true);
        Queue queue = out.createQueue("bench.consume");
        MessageProducer producer = out.createProducer(queue);
        for (int i = 0; i < FILL; i++) {
            producer.send(body(out));
            if (i % 1000 == 999) {
                out.commit();
            }
        }
        double cpu = side.proc().cpuMillis();
        long start = System.nanoTime();
        MessageConsumer consumer = work.session(false).createConsumer(queue);
        int came = 0;
        while (came < FILL && consumer.receive(PATIENCE_MILLIS) != null) {
            came++;
        }
        figures.put("rate", came / ((System.nanoTime() - start) / 1e9)).put("cpu", (side.proc().cpuMillis() - cpu) * 1000 / Math.max(1, came));
        figures.put("sent", FILL).put("lost", FILL - came);
    }

    private static Message body(Session session) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[BODY]);
        return message;
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.EXCHANGE);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(Target.atLeast("rate", 2)), Optional.of(Target.atMost("cpu", protocol == Row.Protocol.AMQP ? 0.5 : 0.667))));
    }

    /** Connections and threads of one run; the threads end when it is closed. */
    private static final class Work implements AutoCloseable {
        final AtomicLong count = new AtomicLong();
        private final ConnectionFactory factory;
        private final List<Connection> connections = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicReference<Exception> trouble = new AtomicReference<>();
        private volatile boolean going = true;

        Work(ConnectionFactory factory) {
            this.factory = factory;
        }

        Session session(boolean transacted) throws JMSException {
            Connection connection = factory.createConnection();
            connections.add(connection);
            connection.start();
            return connection.createSession(transacted, Session.AUTO_ACKNOWLEDGE);
        }

        void repeat(Step step) {
            Thread thread = new Thread(() -> {
                try {
                    while (going && trouble.get() == null) {
                        count.addAndGet(step.go());
                    }
                } catch (Exception e) {
                    trouble.compareAndSet(null, e);
                }
            }, "exchange-" + threads.size());
            threads.add(thread);
            thread.start();
        }

        void pause(double seconds) throws InterruptedException, IOException {
            TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
            if (trouble.get() != null) {
                throw new IOException(trouble.get());
            }
        }

        @Override
        public void close() throws JMSException {
            going = false;
            try {
                for (Thread thread : threads) {
                    thread.join(PATIENCE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
