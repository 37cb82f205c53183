package io.delos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The power goes while a real broker is at work: every change it makes to its files is written down as the kernel saw it, with the moment;
 * for some moments the files are put into a state in which a disk may have been then, which has what was synced and any part of what
 * was not; a broker is started on them, and what clients find must go with what they knew ({@link Checker}). {@code -Ddelos.cuts=N} says
 * how many moments (5), {@code -Ddelos.seed=N} repeats the choices of an earlier run.
 */
class PowerCutIT {

    private static final List<String> QUEUES = List.of("power.a", "power.b");
    private static final int LATER = 1_000_000_000;

    private final int cuts = Integer.getInteger("delos.cuts", 5);
    private final long seed = Long.getLong("delos.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void whatWasConfirmedIsThereWhenThePowerComesBack() throws Exception {
        assumeTrue(traces(), "SKIPPED: strace isn't installed here or may not trace; etc/install-test-clients installs it");
        System.out.println("power cut at " + cuts + " moments, -Ddelos.seed=" + seed);
        Path instance = Distribution.work().resolve("power-cut");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        try (BrokerProcess broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "512M")) {
            Settings.neverDeadLetter(instance);
            Settings.smallFiles(instance);
            Path trace = instance.resolve("trace.txt");
            List<String> tracing = new ArrayList<>(Traced.COMMAND);
            tracing.add(trace.toString());
            broker.under(tracing);
            History history = new History(PowerCutIT::wallClock);
            work(broker, history);
            List<Traced.Step> steps = Traced.read(trace, instance.resolve("data"));
            broker.under(List.of());
            long begun = history.operations().get(0).span().from();
            int first = (int) steps.stream().filter(step -> step.time() < begun).count();
            System.out.println("power cut: " + steps.size() + " changes of files, " + history.operations().size() + " operations");
            for (int cut = 0; cut < cuts; cut++) {
                cutAt(first + random.nextInt(steps.size() - first), steps, history, broker);
            }
        }
    }

    private static void work(BrokerProcess broker, History history) throws Exception {
        broker.start();
        List<Actor> actors = List.of(
                new Actor("producer", history, Settings.core(broker.port()), 1, Actor.producing(QUEUES)),
                new Actor("other producer", history, Settings.amqp(broker.port()), 2, Actor.producing(QUEUES)),
                new Actor("consumer", history, Settings.core(broker.port()), 3, Actor.consuming(QUEUES, QUEUES.get(0))),
                new Actor("other consumer", history, Settings.amqp(broker.port()), 4, Actor.consuming(QUEUES, QUEUES.get(1))));
        actors.forEach(Actor::start);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(8));
        for (Actor actor : actors) {
            actor.close();
        }
        broker.kill();
    }

    private void cutAt(int count, List<Traced.Step> steps, History history, BrokerProcess broker) throws Exception {
        long moment = steps.get(count).time() - 1;
        broker.wipe();
        Cut.restore(steps, count, random.nextLong(), broker.instance().resolve("data"));
        broker.start();
        long back = moment + LATER;
        List<Operation> all = new ArrayList<>(Cut.history(history.operations(), moment));
        all.add(new Operation.Down(0, new Span(moment, back)));
        long now = System.nanoTime();
        History after = new History(() -> back + System.nanoTime() - now, history.number());
        try (Guest guest = new Guest(after, Settings.core(broker.port()))) {
            guest.drain(QUEUES);
        }
        broker.kill();
        all.addAll(after.operations());
        List<Violation> violations = Checker.check(all);
        System.out.printf("power cut before change %d of %d: %d messages came, %d violations%n", count, steps.size(),
                after.operations().stream().filter(Operation.Settle.class::isInstance).count(), violations.size());
        if (!violations.isEmpty()) {
            Checker.digest(all, violations.get(0).message()).forEach(line -> System.out.println("    " + line));
        }
        assertThat(violations).as("before change %d of %d, -Ddelos.seed=%d", count, steps.size(), seed).isEmpty();
    }

    private static long wallClock() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private static boolean traces() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "true").start().waitFor() == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }
}
