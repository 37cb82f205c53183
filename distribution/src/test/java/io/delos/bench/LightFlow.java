package io.delos.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Runs the load of one row of light clients: producers and consumers at once, a warm-up, a measured interval, an orderly end and a count of what came. All of
 * it on one thread.
 */
final class LightFlow {
    private static final long PATIENCE_SECONDS = 20;
    private static final long DRAIN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** As long as a paced load may sleep; then all that came due meanwhile is sent. */
    private static final long NAP_NANOS = 100_000;
    private static final double PAUSE_SECONDS = 0.2;

    private final LightRow row;
    private final Watched broker;
    private final int run;
    private final Optional<Profiler> profiler;
    private final LightLoop loop;
    private final Histogram latency = Tally.histogram();
    private final List<Consumer> consumers = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();
    private boolean sending;
    /** From one message of a producer to its next; 0 is as fast as it goes. */
    private long paceNanos;

    /** @param run tells this run's messages from those of others that share its topics */
    private LightFlow(LightRow row, Watched broker, int run, Optional<Profiler> profiler, LightLoop loop) {
        this.row = row;
        this.broker = broker;
        this.run = run;
        this.profiler = profiler;
        this.loop = loop;
    }

    static Figures measure(LightRow row, int port, Watched broker, int run, Optional<Profiler> profiler, double warmUpSeconds, double seconds)
            throws Exception {
        try (LightLoop loop = new LightLoop(port)) {
            return new LightFlow(row, broker, run, profiler, loop).measure(warmUpSeconds, seconds);
        }
    }

    private Figures measure(double warmUpSeconds, double seconds) throws Exception {
        Figures figures = new Figures();
        open();
        if (row.paced()) {
            double most = most(warmUpSeconds, seconds);
            figures.put("most", most);
            paceNanos = (long) (row.producers() * 1e9 / (most / 2));
        }
        begin();
        turn(warmUpSeconds);
        if (profiler.isPresent()) {
            profiler.get().start();
        }
        Sample from = Sample.of(broker, received());
        // who looks at the broker doesn't turn the loop meanwhile: what was due then, or on its way, is left out
        turn(PAUSE_SECONDS);
        consumers.forEach(each -> each.tallies().forEach(Tally::measureLatency));
        turn(seconds);
        consumers.forEach(each -> each.tallies().forEach(Tally::leaveLatency));
        turn(PAUSE_SECONDS);
        Sample to = Sample.of(broker, received());
        if (profiler.isPresent()) {
            profiler.get().stop();
        }
        drain();
        from.rates(to, figures);
        if (figures.failure().isEmpty()) {
            Sample.latency(latency, figures);
        }
        figures.put("sent", expected()).put("lost", expected() - received());
        figures.put("duplicated", consumers.stream().flatMap(each -> each.tallies().stream()).mapToLong(Tally::duplicated).sum());
        figures.put("disordered", consumers.stream().flatMap(each -> each.tallies().stream()).mapToLong(Tally::outOfOrder).sum());
        int unconfirmed = producers.stream().mapToInt(each -> each.link.underWay()).sum();
        if (unconfirmed > 0) {
            figures.fail(unconfirmed + " sends were never confirmed");
        } else {
            close();
        }
        return figures;
    }

    private double most(double warmUpSeconds, double seconds) throws IOException {
        begin();
        turn(warmUpSeconds);
        Sample from = Sample.of(broker, received());
        turn(seconds);
        double most = from.rate(Sample.of(broker, received()));
        drain();
        return most;
    }

    private void open() throws IOException, TimeoutException {
        for (int i = 0; i < row.consumers(); i++) {
            consumers.add(new Consumer(i));
        }
        for (int i = 0; i < row.producers(); i++) {
            producers.add(new Producer(i));
        }
        loop.await(() -> producers.stream().allMatch(each -> each.link.connected())
                && consumers.stream().allMatch(each -> each.link.connected()), PATIENCE_SECONDS, "answer to connecting");
        consumers.forEach(each -> each.link.subscribe(each.filter));
        loop.await(() -> consumers.stream().allMatch(each -> each.link.asked() == 0), PATIENCE_SECONDS, "answer to subscribing");
    }

    /** What is subscribed is given up, so that nothing is kept for who is gone. */
    private void close() throws IOException, TimeoutException {
        consumers.forEach(each -> each.link.unsubscribe(each.filter));
        loop.await(() -> consumers.stream().allMatch(each -> each.link.asked() == 0), PATIENCE_SECONDS, "answer to unsubscribing");
        consumers.forEach(each -> each.link.disconnect());
        producers.forEach(each -> each.link.disconnect());
        loop.flush();
    }

    private void begin() {
        sending = true;
        producers.forEach(Producer::begin);
    }

    private void turn(double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            boolean more = false;
            for (Producer each : producers) {
                each.send(now);
            }
            loop.flush();
            for (Producer each : producers) {
                more |= paceNanos == 0 && each.may();
            }
            if (paceNanos > 0) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            loop.turn(more || paceNanos > 0 ? 0 : 20);
        }
    }

    /** Sends no more, and waits until all is confirmed and has come, or nothing happens any more. */
    private void drain() throws IOException {
        sending = false;
        long last = -1;
        long lastChange = System.nanoTime();
        while (System.nanoTime() - lastChange < DRAIN_PATIENCE_NANOS) {
            long left = expected() - received() + producers.stream().mapToLong(each -> each.link.underWay()).sum();
            if (left == 0) {
                return;
            }
            if (left != last) {
                last = left;
                lastChange = System.nanoTime();
            }
            loop.turn(20);
        }
    }

    private long received() {
        return consumers.stream().mapToLong(Consumer::received).sum();
    }

    private long expected() {
        return producers.stream().mapToLong(each -> each.sent).sum() * row.consumers() / (paired() ? row.producers() : 1);
    }

    private boolean paired() {
        return row.consumers() == row.producers();
    }

    private final class Consumer implements LightLink.Listener {
        private final LightLink link;
        private final byte[] filter;
        private final Tally[] tallies;
        /** The producer of the first tally. */
        private final int first;
        private long received;

        Consumer(int index) throws IOException {
            first = paired() ? index : 0;
            tallies = new Tally[paired() ? 1 : row.producers()];
            for (int i = 0; i < tallies.length; i++) {
                tallies[i] = new Tally(run, first + i, latency);
            }
            filter = tallies.length == 1 ? row.destination(first) : row.destinations();
            link = row.consumer(loop, index);
            link.listen(this);
        }

        @Override
        public void message(ByteBuffer in, int at, int length) {
            int index = Stamp.producer(in, at) - first;
            if (index >= 0 && index < tallies.length) {
                long before = tallies[index].received();
                tallies[index].accept(in, at);
                received += tallies[index].received() - before;
            }
        }

        Tally of(int producer) {
            return tallies[producer - first];
        }

        List<Tally> tallies() {
            return List.of(tallies);
        }

        long received() {
            return received;
        }
    }

    private final class Producer {
        private final int index;
        private final LightLink link;
        private final byte[] destination;
        private long sent;
        private long sentBefore;
        private long begun;
        /** What the slowest consumer had when it was last looked up. */
        private long floor;

        Producer(int index) throws IOException {
            this.index = index;
            destination = row.destination(index);
            link = row.producer(loop, index);
        }

        /** Paced producers begin one after the other, evenly. */
        void begin() {
            begun = System.nanoTime() + paceNanos * index / row.producers();
            sentBefore = sent;
        }

        /** Sends what may be sent now. */
        void send(long now) {
            while (may()) {
                long due = paceNanos == 0 ? now : begun + (sent - sentBefore) * paceNanos;
                if (due > now) {
                    return;
                }
                ByteBuffer out = link.begin(destination, row.size());
                int end = out.position() + row.size();
                Stamp.put(out, run, index, sent, due);
                // whatever lies there is as good a payload as any
                link.end(out.position(end));
                sent++;
            }
        }

        boolean may() {
            return sending && link.hasRoom() && link.underWay() < row.window() && leads();
        }

        private boolean leads() {
            if (sent - floor >= row.lead()) {
                floor = Long.MAX_VALUE;
                if (paired()) {
                    floor = consumers.get(index).of(index).received();
                } else {
                    for (Consumer each : consumers) {
                        floor = Math.min(floor, each.of(index).received());
                    }
                }
            }
            return sent - floor < row.lead();
        }
    }
}
