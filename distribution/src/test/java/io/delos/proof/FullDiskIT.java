package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real broker on a file system of its own that is filled to its last byte in the middle of a burst, and made larger later. Where such a
 * file system can't be mounted (it takes the rights to) nothing is tried.
 */
class FullDiskIT {

    private static final int BODY = 50_000;
    private static final int FITS = 4 << 20;
    private static final int TOO_LARGE = 80 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path disk = Distribution.work().resolve("full-disk-data");
    private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    private BrokerProcess broker;
    private volatile boolean stopped;

    private static boolean mount(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    @BeforeEach
    void mounted() throws Exception {
        Files.createDirectories(disk);
        assumeTrue(mount("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString()), "may not mount");
        Path instance = Distribution.work().resolve("full-disk");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "256M",
                "--data", disk.resolve("data").toString());
        Path file = instance.resolve("etc/broker.xml");
        Files.writeString(file, Files.readString(file)
                .replaceFirst("<journal-file-size>[^<]*<", "<journal-file-size>8M<")
                .replaceFirst("<max-disk-usage>[^<]*<", "<max-disk-usage>-1<")
                .replaceFirst("<disk-scan-period>[^<]*<", "<disk-scan-period>200<"));
        broker.start();
    }

    @AfterEach
    void unmounted() throws Exception {
        stopped = true;
        if (broker != null) {
            broker.close();
        }
        mount("umount", disk.toString());
    }

    private Connection connect() throws JMSException {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port() + "?callTimeout=60000", BrokerProcess.USER,
                BrokerProcess.PASSWORD).createConnection();
    }

    private CompletableFuture<Void> produce(int producer) {
        return CompletableFuture.runAsync(() -> {
            try (Connection connection = connect(); Session session = connection.createSession()) {
                MessageProducer out = session.createProducer(session.createQueue("full"));
                for (int n = producer; !stopped; n += 4) {
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(new byte[BODY]);
                    message.setIntProperty("n", n);
                    out.send(message);
                    confirmed.add(n);
                }
            } catch (JMSException brokerGone) {
                assertThat(stopped).as("a producer failed: %s", brokerGone).isTrue();
            }
        });
    }

    private boolean said(String code) throws IOException {
        return broker.logLines().stream().anyMatch(line -> line.contains(code));
    }

    private Set<Integer> receive(int count) throws JMSException {
        Set<Integer> numbers = new HashSet<>();
        try (Connection connection = connect(); Session session = connection.createSession()) {
            connection.start();
            MessageConsumer in = session.createConsumer(session.createQueue("full"));
            Message message = null;
            while (numbers.size() < count && (message = in.receive(5_000)) != null) {
                numbers.add(message.getIntProperty("n"));
            }
        }
        return numbers;
    }

    @Test
    void producersWaitUntilThereIsRoomAndNothingConfirmedIsLost() throws Exception {
        List<CompletableFuture<Void>> producers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            producers.add(produce(i));
        }
        await().atMost(PATIENCE).until(() -> said("AMQ222210"));
        Set<Integer> consumed = receive(20);
        assertThat(consumed).as("consumers go on").hasSize(20);
        assertThat(broker.alive()).isTrue();
        int before = confirmed.size();
        assertThat(mount("mount", "-o", "remount,size=256m", disk.toString())).isTrue();
        await().atMost(PATIENCE).until(() -> said("AMQ222211") && confirmed.size() > before + 50);
        stopped = true;
        for (CompletableFuture<Void> producer : producers) {
            producer.get(60, TimeUnit.SECONDS);
        }
        broker.kill();
        broker.start();
        Set<Integer> left = new HashSet<>(confirmed);
        left.removeAll(consumed);
        assertThat(receive(left.size())).containsAll(left);
    }

    private long bodies() throws IOException {
        try (Stream<Path> files = Files.list(disk.resolve("data/large-messages"))) {
            return files.count();
        }
    }

    private static void send(Session session, int n, int bytes) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setObjectProperty("JMS_AMQ_InputStream", new ByteArrayInputStream(new byte[bytes]));
        message.setIntProperty("n", n);
        try (MessageProducer out = session.createProducer(session.createQueue("full"))) {
            out.send(message);
        }
    }

    @Test
    void aLargeMessageThatDoesNotFitIsRefusedAndLeavesNothing() throws Exception {
        try (Connection connection = connect(); Session session = connection.createSession()) {
            send(session, 1, FITS);
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> send(session, 0, TOO_LARGE)).isInstanceOf(JMSException.class)
                        .hasMessageContaining("the broker can't write the body of the message");
                await().atMost(PATIENCE).until(() -> bodies() == 1);
            }
            send(session, 2, FITS);
        }
        try (Connection connection = connect(); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            send(session, 3, FITS);
            send(session, 0, TOO_LARGE);
            assertThatThrownBy(session::commit).isInstanceOf(JMSException.class).hasMessageContaining("the broker can't write the body of the message");
            await().atMost(PATIENCE).until(() -> bodies() == 2);
        }
        assertThat(broker.alive()).isTrue();
        broker.kill();
        broker.start();
        assertThat(bodies()).isEqualTo(2);
        assertThat(receive(2)).containsExactlyInAnyOrder(1, 2);
        await().atMost(PATIENCE).until(() -> bodies() == 0);
    }
}
