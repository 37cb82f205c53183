package io.delos.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One producer, one queue, one consumer, and their ledger. The producer and the consumer have a thread each and go on over a new
 * connection whenever theirs breaks.
 */
final class Lane implements AutoCloseable {
    /** The producer waits while the consumer is this many messages behind. */
    private static final int LEAD = 1000;
    private static final long RETRY_NANOS = 100_000_000;

    private final String name;
    private final Outbox.Opener outboxes;
    private final Inbox.Opener inboxes;
    private final Random random;
    private final Ledger ledger = new Ledger();
    private final CountDownLatch consuming = new CountDownLatch(1);
    private final Thread consumer;
    private Thread producer;
    private volatile boolean producing;
    private volatile boolean open = true;
    private volatile Exception lastTrouble;

    Lane(String name, long seed, Outbox.Opener outboxes, Inbox.Opener inboxes) {
        this.name = name;
        this.random = new Random(seed);
        this.outboxes = outboxes;
        this.inboxes = inboxes;
        consumer = new Thread(this::consume, name + " consumer");
        consumer.setDaemon(true);
    }

    String name() {
        return name;
    }

    Ledger ledger() {
        return ledger;
    }

    /** What broke last, for a report on a lane that doesn't move. */
    Optional<Exception> lastTrouble() {
        return Optional.ofNullable(lastTrouble);
    }

    /** Starts the consumer and, once that stands, the producer. */
    void start() throws InterruptedException {
        consumer.start();
        if (!consuming.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + ": the consumer can't connect", lastTrouble);
        }
        producing = true;
        producer = new Thread(this::produce, name + " producer");
        producer.setDaemon(true);
        producer.start();
    }

    /** Ends the producer after its last message is confirmed (or its connection broken). */
    void stopProducing() throws InterruptedException {
        producing = false;
        producer.join(30_000);
        if (producer.isAlive()) {
            throw new IllegalStateException(name + ": the producer doesn't end", lastTrouble);
        }
    }

    /**
     * Sends one more message until one is confirmed and returns its number. When it has arrived, everything that stood before it in
     * the queue has arrived too.
     */
    int sendLast() throws Exception {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (Outbox outbox = outboxes.open()) {
                int sequence = ledger.sending();
                outbox.send(Body.of(sequence), () -> ledger.confirmed(sequence));
                outbox.flush();
                return sequence;
            } catch (Exception e) {
                trouble(e);
            }
        }
        throw lastTrouble;
    }

    @Override
    public void close() {
        producing = false;
        open = false;
    }

    private void produce() {
        while (producing) {
            try (Outbox outbox = outboxes.open()) {
                while (producing) {
                    if (ledger.outstanding() > LEAD) {
                        LockSupport.parkNanos(1_000_000);
                    } else {
                        int sequence = ledger.sending();
                        outbox.send(Body.of(sequence), () -> ledger.confirmed(sequence));
                    }
                }
                outbox.flush();
            } catch (Exception e) {
                trouble(e);
            }
        }
    }

    private void consume() {
        while (open) {
            try (Inbox inbox = inboxes.open()) {
                ledger.connected();
                consuming.countDown();
                while (open) {
                    settle(inbox, receive(inbox));
                }
            } catch (Exception e) {
                trouble(e);
            }
        }
    }

    /** A batch of random size, so that a kill finds messages that are handed out and not acknowledged. */
    private List<Integer> receive(Inbox inbox) throws Exception {
        int size = 1 + random.nextInt(20);
        List<Integer> batch = new ArrayList<>(size);
        while (batch.size() < size) {
            Optional<byte[]> body = inbox.receive();
            if (body.isEmpty()) {
                break;
            }
            int sequence = Body.sequence(body.get());
            ledger.delivered(sequence);
            batch.add(sequence);
        }
        return batch;
    }

    private void settle(Inbox inbox, List<Integer> batch) throws Exception {
        if (batch.isEmpty()) {
            return;
        }
        ledger.acknowledging(batch);
        if (inbox.acknowledge()) {
            ledger.acknowledged(batch);
        }
    }

    private void trouble(Exception e) {
        lastTrouble = e;
        LockSupport.parkNanos(RETRY_NANOS);
    }
}
