package io.delos.history;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A client at work on a thread of its own, on one connection after the other, until it is told to stop. */
final class Actor implements AutoCloseable {

    private static final long PAUSE = 2_000_000;
    private static final long RETRY = 100_000_000;

    /** What an actor does again and again on a connection; it ends with nothing undecided, or by leaving. */
    @FunctionalInterface
    interface Work {
        void once(Guest guest, Random random) throws JMSException;
    }

    private final Thread thread;
    private final History history;
    private final ConnectionFactory factory;
    private final Work work;
    private final Random random;
    private volatile boolean open = true;
    private volatile Exception trouble;

    Actor(String name, History history, ConnectionFactory factory, long seed, Work work) {
        this.history = history;
        this.factory = factory;
        this.work = work;
        this.random = new Random(seed);
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Sends one to four messages, to any of the queues, and usually commits. */
    static Work producing(List<String> queues) {
        return (guest, random) -> {
            for (int left = 1 + random.nextInt(4); left > 0; left--) {
                guest.send(queues.get(random.nextInt(queues.size())));
            }
            decide(guest, random);
        };
    }

    /** Takes up to five messages from one of the queues, perhaps passing them on to another in the same transaction. */
    static Work consuming(List<String> queues, String passOn) {
        return (guest, random) -> {
            String from = queues.get(random.nextInt(queues.size()));
            boolean passing = !from.equals(passOn) && random.nextInt(4) == 0;
            for (int left = 1 + random.nextInt(5); left > 0 && guest.take(from); left--) {
                if (passing) {
                    guest.send(passOn);
                }
            }
            if (guest.held() > 0) {
                decide(guest, random);
            }
        };
    }

    private static void decide(Guest guest, Random random) throws JMSException {
        switch (random.nextInt(12)) {
            case 0, 1 -> guest.rollback();
            case 2 -> guest.close();
            default -> guest.commit();
        }
    }

    private void run() {
        while (open) {
            try (Guest guest = new Guest(history, factory)) {
                for (int left = 1 + random.nextInt(100); open && left > 0 && !guest.gone(); left--) {
                    work.once(guest, random);
                    LockSupport.parkNanos(random.nextInt((int) PAUSE));
                }
            } catch (JMSException | RuntimeException e) {
                trouble = e;
                LockSupport.parkNanos(RETRY);
            }
        }
    }

    /** Lets it finish what it does, and waits for that. */
    @Override
    public void close() throws InterruptedException {
        open = false;
        thread.join(60_000);
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " doesn't end", trouble);
        }
    }
}
