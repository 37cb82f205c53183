package io.delos.broker;

import io.delos.loop.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop that does what is posted to it when the test says so, on the test's thread and by the test's clock. */
public final class HandLoop implements Loop {

    private record Timed(long at, long number, Runnable task) { }

    private final ArrayDeque<Runnable> posted = new ArrayDeque<>();
    private final PriorityQueue<Timed> timed = new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::number));
    private long now;
    private long number;

    @Override
    public void post(Runnable task) {
        posted.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        Timed timer = new Timed(now + delayMillis, number++, task);
        timed.add(timer);
        return () -> timed.remove(timer);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public boolean inside() {
        return true;
    }

    @Override
    public String name() {
        return "by hand";
    }

    /** Runs everything posted, and what that posts. */
    public void run() {
        for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
            task.run();
        }
    }

    /** Lets so many milliseconds pass. */
    public void pass(long millis) {
        long end = now + millis;
        run();
        while (!timed.isEmpty() && timed.peek().at() <= end) {
            Timed next = timed.poll();
            now = next.at();
            next.task().run();
            run();
        }
        now = end;
    }

    /** Whether nothing will happen by itself. */
    public boolean idle() {
        return posted.isEmpty() && timed.isEmpty();
    }
}
