package io.delos.cli;

import io.delos.message.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The sending side of a load test: its options, and the work of one producer. */
final class PerfSending {

    /** The moment a message should have been sent stands in front of its body, in microseconds of the epoch. */
    private static final int STAMP = Long.BYTES;

    @Option(names = "--producers", paramLabel = "<n>", defaultValue = "1", description = "Producers for each destination. Default: ${DEFAULT-VALUE}.")
    int producers;

    @Option(names = "--threads", paramLabel = "<n>", defaultValue = "1",
            description = "Accepted for compatibility: each producer has a thread of its own.")
    int threads;

    @Option(names = "--rate", paramLabel = "<n>", description = "Messages a second in all. Default: as fast as it goes.")
    Long rate;

    @Option(names = "--max-pending", paramLabel = "<n>", defaultValue = "1",
            description = "Accepted for compatibility: each producer waits for each message; use more --producers.")
    int maxPending;

    @Option(names = "--message-size", paramLabel = "<n>", defaultValue = "1024", description = "Bytes of each message. Default: ${DEFAULT-VALUE}.")
    int messageSize;

    @Option(names = "--persistent", description = "Send messages that survive a restart.")
    boolean persistent;

    @Option(names = "--ttl", paramLabel = "<ms>", defaultValue = "0", description = "Milliseconds after which a message expires. Default: never.")
    long timeToLive;

    @Option(names = "--group", paramLabel = "<id>", description = "The message group all messages belong to.")
    String group;

    @Option(names = "--enable-msg-id", description = "Accepted for compatibility.")
    boolean messageId;

    @Option(names = "--enable-timestamp", description = "Accepted for compatibility: messages always have one.")
    boolean timestamp;

    @Option(names = "--shared-connections", description = "Accepted for compatibility: all producers share a connection.")
    boolean sharedConnections;

    static long nowMicros() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    }

    /** When a message with this body should have been sent; empty bodies say nothing. */
    static long stampOf(Content content) {
        return content instanceof Content.Bytes bytes && bytes.bytes().length >= STAMP ? ByteBuffer.wrap(bytes.bytes()).getLong() : nowMicros();
    }

    /** Sends until the test ends, at the pace of one producer among so many. */
    void run(Messaging messaging, Place place, int among, PerfRun run, int commitInterval) throws IOException, InterruptedException {
        double gapNanos = rate == null || rate <= 0 ? 0 : 1e9 * among / rate;
        long start = System.nanoTime();
        long sent = 0;
        boolean transacted = commitInterval > 0;
        try (Messaging.Line line = messaging.open(transacted); Messaging.Outbox outbox = line.outbox(place)) {
            while (run.mayBegin()) {
                long due = start + (long) (sent * gapNanos);
                pace(gapNanos, due, run);
                long began = System.nanoTime();
                long late = gapNanos == 0 ? 0 : Math.max(0, (began - due) / 1000);
                run.tally().count(PerfTally.Kind.SENT);
                outbox.send(Letters.of(body(nowMicros() - late), Map.of(), group == null ? "" : group, persistent, expiration()));
                sent++;
                run.tally().count(PerfTally.Kind.COMPLETED);
                run.tally().measure(PerfTally.Time.SEND, (System.nanoTime() - began) / 1000);
                run.tally().measure(PerfTally.Time.DELAY, late);
                if (late > 0) {
                    run.tally().count(PerfTally.Kind.BLOCKED);
                }
                if (transacted && sent % commitInterval == 0) {
                    line.commit();
                }
            }
            if (transacted) {
                line.commit();
            }
        }
    }

    private static void pace(double gap, long due, PerfRun run) throws InterruptedException {
        long left = due - System.nanoTime();
        while (gap > 0 && left > 0 && run.goesOn()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(200)));
            left = due - System.nanoTime();
        }
    }

    private long expiration() {
        return timeToLive > 0 ? System.currentTimeMillis() + timeToLive : 0;
    }

    private Content body(long stamp) {
        return new Content.Bytes(ByteBuffer.allocate(Math.max(STAMP, messageSize)).putLong(stamp).array());
    }
}
