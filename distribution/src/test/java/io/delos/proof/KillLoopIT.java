package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A broker is killed with SIGKILL at random moments, also while it starts, under the traffic of real clients; whatever it had confirmed
 * must hold ({@link Ledger} has the promises). {@code -Ddelos.kills=N} says how often (3), {@code -Ddelos.seed=N} repeats the moments
 * of an earlier run, {@code -Ddelos.home=DIR} takes another distribution, {@code -Ddelos.lanes=TEXT} only the lanes with that in
 * their name.
 */
class KillLoopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WINDOW = 100;

    static {
        // Its clients log each refused connection, and there are many while a broker is down.
        Configurator.setLevel("org.apache.qpid.jms", Level.OFF);
    }

    private final int kills = Integer.getInteger("delos.kills", 3);
    private final long seed = Long.getLong("delos.seed", System.nanoTime());
    private final List<Lane> lanes = new ArrayList<>();
    private BrokerProcess broker;

    @AfterEach
    void leaveNothingBehind() {
        lanes.forEach(Lane::close);
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void whatWasConfirmedHolds() throws Exception {
        System.out.println("kill -9, " + kills + " times, -Ddelos.seed=" + seed);
        Path instance = Distribution.work().resolve("kill-loop");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "1G");
        broker.start();
        openLanes();
        for (Lane lane : lanes) {
            lane.start();
        }
        Random random = new Random(seed);
        long typicalStart = 1;
        for (int kill = 0; kill < kills; kill++) {
            allMoveOn();
            pause(random.nextInt(1200));
            broker.kill();
            if (random.nextInt(4) == 0) {
                broker.launch();
                pause(random.nextInt((int) typicalStart));
                broker.kill();
            }
            typicalStart = Math.max(1, broker.start().toMillis());
        }
        allMoveOn();
        drain();
        System.out.println(report());
        assertThat(lanes).allSatisfy(lane -> assertThat(lane.ledger().violations()).as(lane.name()).isEmpty());
    }

    private void openLanes() {
        String port = "127.0.0.1:" + broker.port();
        ConnectionFactory core = new ActiveMQConnectionFactory(
                "tcp://" + port + "?blockOnAcknowledge=true&confirmationWindowSize=1048576"
                        + "&reconnectAttempts=0&retryInterval=50&callTimeout=10000",
                BrokerProcess.USER, BrokerProcess.PASSWORD);
        ConnectionFactory amqp = new JmsConnectionFactory(BrokerProcess.USER, BrokerProcess.PASSWORD,
                "amqp://" + port + "?jms.sendTimeout=10000&jms.requestTimeout=10000&jms.connectTimeout=5000");
        jmsLane("CORE waiting", core, 1, core, false);
        jmsLane("CORE pipelined", core, WINDOW, core, true);
        jmsLane("AMQP waiting", amqp, 1, amqp, true);
        jmsLane("AMQP pipelined", amqp, WINDOW, amqp, true);
        jmsLane("CORE to AMQP", core, WINDOW, amqp, true);
        jmsLane("AMQP to CORE", amqp, WINDOW, core, false);
        mqttLane("MQTT waiting", "tcp://" + port, 1);
        mqttLane("MQTT pipelined", "tcp://" + port, WINDOW);
        lanes.removeIf(lane -> !lane.name().contains(System.getProperty("delos.lanes", "")));
        assertThat(lanes).isNotEmpty();
    }

    private void jmsLane(String name, ConnectionFactory out, int window, ConnectionFactory in, boolean transacted) {
        String queue = "kill." + name.replace(' ', '.');
        lanes.add(new Lane(name, seed + lanes.size(),
                () -> new JmsOutbox(out, queue, window), () -> new JmsInbox(in, queue, transacted)));
    }

    private void mqttLane(String name, String uri, int window) {
        String topic = "kill/" + name.replace(' ', '/');
        String subscriber = "in-" + window;
        lanes.add(new Lane(name, seed + lanes.size(),
                () -> new MqttOutbox(uri, topic, window), () -> new MqttInbox(uri, topic, subscriber)));
    }

    /** Waits until every lane has had a message confirmed and one delivered since now. */
    private void allMoveOn() {
        List<Ledger.Count> before = lanes.stream().map(lane -> lane.ledger().count()).toList();
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            Ledger.Count then = before.get(i);
            await(lane.name()).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
                Ledger.Count now = lane.ledger().count();
                assertThat(now.confirmed()).as(() -> "confirmed; " + lane.lastTrouble()).isGreaterThan(then.confirmed());
                assertThat(now.delivered()).as(() -> "delivered; " + lane.lastTrouble()).isGreaterThan(then.delivered());
            });
        }
    }

    /**
     * Lets the consumers take what is there; then kills once more and sends one last message down each lane: what the broker wrongly
     * kept would come before it.
     */
    private void drain() throws Exception {
        for (Lane lane : lanes) {
            lane.stopProducing();
        }
        for (Lane lane : lanes) {
            await(lane.name()).atMost(PATIENCE).until(() -> lane.ledger().outstanding() == 0 || stuck(lane));
        }
        broker.kill();
        broker.start();
        for (Lane lane : lanes) {
            int last = lane.sendLast();
            await(lane.name()).atMost(PATIENCE).until(() -> lane.ledger().hasArrived(last));
        }
    }

    /** Whether nothing has come for a while; what is missing then is told by the ledger. */
    private static boolean stuck(Lane lane) {
        int before = lane.ledger().count().delivered();
        pause(3000);
        return lane.ledger().count().delivered() == before;
    }

    private String report() {
        StringBuilder text = new StringBuilder();
        for (Lane lane : lanes) {
            text.append(String.format("%-16s %s, violations: %d%n", lane.name(), lane.ledger().count(), lane.ledger().violations().size()));
        }
        return text.toString();
    }

    private static void pause(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
