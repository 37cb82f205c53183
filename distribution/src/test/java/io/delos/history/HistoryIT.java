package io.delos.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;

/**
 * Clients of two protocols send, take, pass on, roll back and leave at the same time on queues they share, while the broker is killed and
 * stopped and started; all they did and saw is written down, and {@link Checker} says whether queues that keep their promises can have been
 * behind it. {@code -Ddelos.history.seconds=N} says how long (15), {@code -Ddelos.seed=N} repeats the choices of an earlier run.
 */
class HistoryIT {

    private static final List<String> QUEUES = List.of("history.a", "history.b", "history.c");
    private static final int SHOWN = 10;

    static {
        // its clients log each refused connection, and there are many while a broker is down
        Configurator.setLevel("org.apache.qpid.jms", Level.OFF);
        Configurator.setLevel("org.apache.activemq.artemis", Level.OFF);
    }

    private final int seconds = Integer.getInteger("delos.history.seconds", 15);
    private final long seed = Long.getLong("delos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final History history = new History();

    @Test
    void isOneOfQueuesThatKeepTheirPromises() throws Exception {
        System.out.println("history of " + seconds + " s, -Ddelos.seed=" + seed);
        Path instance = Distribution.work().resolve("history");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        try (BrokerProcess broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "512M")) {
            Settings.neverDeadLetter(instance);
            broker.start();
            List<Actor> actors = actors(broker.port());
            actors.forEach(Actor::start);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1000 + random.nextInt(5000)));
                bringDown(broker);
            }
            for (Actor actor : actors) {
                actor.close();
            }
            try (Guest guest = new Guest(history, Settings.core(broker.port()))) {
                guest.drain(QUEUES);
            }
        }
        List<Violation> violations = Checker.check(history.operations());
        report(violations);
        assertThat(violations).as("-Ddelos.seed=%d", seed).isEmpty();
    }

    private void bringDown(BrokerProcess broker) throws IOException {
        long from = history.now();
        if (random.nextInt(4) == 0) {
            broker.stop();
        } else {
            broker.kill();
        }
        if (random.nextInt(4) == 0) {
            broker.launch();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1500)));
            broker.kill();
        }
        broker.start();
        history.add(new Operation.Down(0, history.since(from)));
    }

    private List<Actor> actors(int port) {
        List<Actor> actors = new ArrayList<>();
        for (ConnectionFactory factory : List.of(Settings.core(port), Settings.amqp(port))) {
            String name = factory instanceof JmsConnectionFactory ? "AMQP" : "CORE";
            actors.add(new Actor(name + " producer", history, factory, random.nextLong(), Actor.producing(QUEUES)));
            for (int i = 0; i < 2; i++) {
                actors.add(new Actor(name + " consumer", history, factory, random.nextLong(), Actor.consuming(QUEUES, QUEUES.get(i))));
            }
        }
        return actors;
    }

    private void report(List<Violation> violations) throws IOException {
        List<Operation> operations = history.operations();
        System.out.printf("history: %d operations, %d messages, %d times down, %d violations%n", operations.size(),
                operations.stream().filter(Operation.Send.class::isInstance).count(),
                operations.stream().filter(Operation.Down.class::isInstance).count(), violations.size());
        for (Violation violation : violations.subList(0, Math.min(SHOWN, violations.size()))) {
            System.out.println(violation);
            Checker.digest(operations, violation.message()).forEach(line -> System.out.println("    " + line));
        }
        if (!violations.isEmpty()) {
            Path file = Distribution.work().resolve("history-" + seed + ".txt");
            history.write(file);
            System.out.println("the whole history is in " + file);
        }
    }
}
