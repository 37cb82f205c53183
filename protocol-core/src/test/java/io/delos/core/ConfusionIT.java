package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Says what real clients were recorded to say, in an order that makes no sense: frames left out, said twice, swapped, taken from other
 * conversations, and now and then with a wrong byte. The broker answers or hangs up; it never has a fault of its own, and whoever else is
 * connected doesn't notice. {@code -Dconfusion.rounds=N} and {@code -Dconfusion.seed=N} say how long and from where.
 */
@Timeout(600)
class ConfusionIT {
    private static final int ROUNDS = Integer.getInteger("confusion.rounds", 400);
    private static final long SEED = Long.getLong("confusion.seed", 1);
    private static final int PATIENCE_MILLIS = 60_000;

    /** What each recorded client connection said, frame by frame. */
    private static final List<List<byte[]>> CONVERSATIONS = List.copyOf(Capture.all().stream().filter(Capture.Frame::fromClient)
            .collect(Collectors.groupingBy(frame -> frame.file() + frame.comment().replaceAll("^.*?conn=(\\d+) .*$", "$1"),
                    java.util.TreeMap::new, Collectors.mapping(Capture.Frame::bytes, Collectors.toList()))).values());

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AbstractAppender watch = new AbstractAppender("faults", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            if (event.getLevel().isMoreSpecificThan(Level.ERROR)) {
                faults.add(event.getMessage().getFormattedMessage() + " " + event.getThrown());
            }
        }
    };

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() {
        watch.start();
        LoggerContext.getContext(false).getConfiguration().getRootLogger().addAppender(watch, Level.ERROR, null);
    }

    @AfterEach
    void leave() {
        LoggerContext.getContext(false).getConfiguration().getRootLogger().removeAppender("faults");
    }

    @Test
    void nonsenseIsAnsweredOrHungUpOn() throws Exception {
        try (TestServer server = TestServer.start(directory, config -> config.withAddressSettings("#",
                Map.of("max-size-bytes", "2000000", "address-full-policy", "DROP")));
                var bystander = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port() + "?callTimeout=10000").createContext()) {
            var queue = bystander.createQueue("unharmed");
            var consumer = bystander.createConsumer(queue);
            for (int round = 0; round < ROUNDS; round++) {
                Random random = new Random(SEED + round);
                say(server.port(), nonsense(random));
                assertThat(faults).as("after seed %d", SEED + round).isEmpty();
                if (round % 20 == 19) {
                    bystander.createProducer().send(queue, "round " + round);
                    assertThat(consumer.receiveBody(String.class, PATIENCE_MILLIS)).isEqualTo("round " + round);
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    private static List<byte[]> nonsense(Random random) {
        List<byte[]> script = new ArrayList<>(CONVERSATIONS.get(random.nextInt(CONVERSATIONS.size())));
        int sensible = Math.min(script.size(), random.nextInt(12));
        for (int change = 1 + random.nextInt(8); change > 0; change--) {
            int at = sensible + random.nextInt(script.size() - sensible + 1);
            boolean there = at < script.size();
            switch (random.nextInt(5)) {
                case 0 -> {
                    List<byte[]> other = CONVERSATIONS.get(random.nextInt(CONVERSATIONS.size()));
                    script.add(at, other.get(random.nextInt(other.size())));
                }
                case 1 -> {
                    if (there) {
                        script.add(at, script.get(at));
                    }
                }
                case 2 -> {
                    if (there) {
                        script.remove(at);
                    }
                }
                case 3 -> {
                    if (there) {
                        script.add(sensible + random.nextInt(script.size() - sensible), script.remove(at));
                    }
                }
                default -> {
                    if (there && random.nextInt(3) == 0) {
                        byte[] wrong = script.get(at).clone();
                        wrong[4 + random.nextInt(wrong.length - 4)] = (byte) random.nextInt();
                        script.set(at, wrong);
                    }
                }
            }
        }
        return script;
    }

    private static void say(int port, List<byte[]> script) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            Thread reader = new Thread(() -> drain(socket));
            reader.start();
            try {
                socket.getOutputStream().write("ARTEMIS".getBytes(StandardCharsets.US_ASCII));
                for (byte[] frame : script) {
                    socket.getOutputStream().write(frame);
                }
                socket.shutdownOutput();
            } catch (IOException hungUp) {
                // as it may
            }
            reader.join(PATIENCE_MILLIS);
            assertThat(reader.isAlive()).as("the broker hangs up when nobody speaks any more").isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void drain(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException hungUp) {
            // as it may
        }
    }
}
