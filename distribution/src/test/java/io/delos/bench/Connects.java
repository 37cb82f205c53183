package io.delos.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Connecting with user and password, and closing, again and again, from a few threads. */
record Connects(Greeting greeting) implements Trial {
    private static final int THREADS = 4;

    static List<Trial> all() {
        List<Trial> all = new ArrayList<>();
        for (Greeting greeting : Greeting.values()) {
            all.add(new Connects(greeting));
        }
        return all;
    }

    @Override
    public String name() {
        return greeting.name().toLowerCase(Locale.ROOT) + "-connects";
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        int port = side.broker().port();
        load(port, options.warmUp());
        double before = side.proc().cpuMillis();
        long start = System.nanoTime();
        int count = load(port, options.seconds());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Figures().put("connects", count / seconds).put("connect-cpu", (side.proc().cpuMillis() - before) * 1000 / Math.max(1, count));
    }

    private int load(int port, double seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        AtomicInteger count = new AtomicInteger();
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                try {
                    while (System.nanoTime() < end && failure.get() == null) {
                        greeting.end(greeting.connect(port, count.incrementAndGet()));
                    }
                } catch (IOException e) {
                    failure.set(e);
                }
            }, "connects-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return count.get();
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.CONNECTS);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(Target.atLeast("connects", 10)), Optional.of(Target.atMost("connect-cpu", 0.1))));
    }
}
