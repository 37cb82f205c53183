package io.delos.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Large messages, sent one after the other, durable, and received one after the other. CORE's client streams them, AMQP's has each whole in
 * memory.
 */
record Large(Row.Protocol protocol, int mebibytes) implements Trial {
    private static final int MIB = 1 << 20;
    /** What AMQP's client has asked for is in its memory, whole: by default a thousand messages. */
    private static final String FEW_AHEAD = "?jms.prefetchPolicy.all=4";
    private static final long PATIENCE_MILLIS = 120_000;

    static List<Trial> all() {
        return List.of(new Large(Row.Protocol.CORE, 10), new Large(Row.Protocol.CORE, 100), new Large(Row.Protocol.AMQP, 10));
    }

    @Override
    public String name() {
        return protocol.name().toLowerCase(Locale.ROOT) + "-large-" + mebibytes + "m";
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException {
        Figures figures = new Figures();
        int count = Math.max(3, (int) (options.seconds() * 150 / mebibytes));
        long bytes = (long) count * mebibytes * MIB;
        try (Connection connection = JmsWire.factory(protocol, side.broker().port(), FEW_AHEAD).createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("bench.large");
            int before = Math.max(2, (int) (options.warmUp() * 600 / mebibytes));
            send(session, queue, before);
            receive(session, queue, before);
            double cpu = side.proc().cpuMillis();
            long start = System.nanoTime();
            send(session, queue, count);
            long sent = System.nanoTime();
            long came = receive(session, queue, count);
            long received = System.nanoTime();
            figures.put("large-in", bytes / 1e6 / ((sent - start) / 1e9)).put("large-out", came / 1e6 / ((received - sent) / 1e9));
            figures.put("large-cpu", (side.proc().cpuMillis() - cpu) / (bytes / (double) MIB)).put("large-peak", side.proc().peakMib());
            figures.put("sent", count).put("lost", (bytes - came) / ((long) mebibytes * MIB));
        } catch (JMSException e) {
            figures.fail(e.toString());
        }
        return figures;
    }

    private void send(Session session, Queue queue, int count) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            for (int i = 0; i < count; i++) {
                BytesMessage message = session.createBytesMessage();
                if (streamed()) {
                    message.setObjectProperty("JMS_AMQ_InputStream", new Zeros((long) mebibytes * MIB));
                } else {
                    message.writeBytes(new byte[mebibytes * MIB]);
                }
                producer.send(message);
            }
        }
    }

    private boolean streamed() {
        return protocol == Row.Protocol.CORE;
    }

    private long receive(Session session, Queue queue, int count) throws JMSException {
        long[] came = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                came[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                came[0] += length;
            }
        };
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            for (int i = 0; i < count; i++) {
                BytesMessage message = (BytesMessage) consumer.receive(PATIENCE_MILLIS);
                if (message == null) {
                    break;
                }
                if (streamed()) {
                    message.setObjectProperty("JMS_AMQ_SaveStream", counting);
                } else {
                    came[0] += message.getBodyLength();
                }
            }
        }
        return came[0];
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.LARGE);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(Target.atLeast("large-in", 2), Target.atLeast("large-out", 2)),
                Optional.of(Target.atMost("large-cpu", streamed() ? 0.667 : 0.5))));
    }

    /** So many bytes of nothing. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int read = (int) Math.min(left, length);
            left -= read;
            return read;
        }
    }
}
