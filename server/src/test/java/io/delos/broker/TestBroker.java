package io.delos.broker;

import io.delos.config.BrokerConfig;
import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.queue.BacklogFiles;
import io.delos.queue.Delivery;
import io.delos.store.MemoryBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A broker without ports, and blocking ways to use it from a test's thread. */
final class TestBroker implements AutoCloseable {

    private final Path directory;
    private final BrokerConfig config;
    private final Disk disk;
    private final BacklogFiles.Depth depth;
    private final MemoryBudget memory;
    private final UnaryOperator<JournalConfig> files;
    private Loops loops;
    private ExecutorService workers;
    private BrokerStart start;

    TestBroker(Path directory, UnaryOperator<BrokerConfig> change) throws IOException {
        this(directory, change, Disk.real());
    }

    TestBroker(Path directory, UnaryOperator<BrokerConfig> change, Disk disk) throws IOException {
        this(directory, change, disk, BacklogFiles.Depth.USUAL, MemoryBudget.ofHeap(),
                journal -> journal.withSegmentBytes(256 << 10).withPooledSegments(2).withCheckpointBytes(512 << 10));
    }

    private TestBroker(Path directory, UnaryOperator<BrokerConfig> change, Disk disk, BacklogFiles.Depth depth,
                       MemoryBudget memory, UnaryOperator<JournalConfig> files) throws IOException {
        this.depth = depth;
        this.memory = memory;
        this.files = files;
        this.directory = directory;
        this.config = change.apply(BrokerConfig.defaults().with("security-enabled", false).with("address-queue-scan-period", -1));
        this.disk = disk;
        start();
    }

    /** A broker on this disk, with small segments and frequent checkpoints. */
    static TestBroker on(Disk disk) throws IOException {
        return on(disk, config -> config);
    }

    static TestBroker on(Disk disk, UnaryOperator<BrokerConfig> change) throws IOException {
        return new TestBroker(Path.of("/data"), change, disk);
    }

    /** One whose windows are narrow, whose backlogs go to files soon, and whose consumers may hold two MiB together. */
    static TestBroker deep(Disk disk) throws IOException {
        return deep(disk, config -> config);
    }

    /** The same, where the address "dead" takes what nobody wants. */
    static TestBroker deepWithDeadLetters(Disk disk) throws IOException {
        return deep(disk, config -> config.withAddressSettings("#", Map.of("dead-letter-address", "dead")));
    }

    private static TestBroker deep(Disk disk, UnaryOperator<BrokerConfig> change) throws IOException {
        return new TestBroker(Path.of("/data"), config -> change.apply(config.with("global-max-size", 1 << 20)), disk, new BacklogFiles.Depth(16, 2),
                MemoryBudget.dividing(8 << 20),
                journal -> journal.withSegmentBytes(256 << 10).withPooledSegments(2).withCheckpointBytes(512 << 10));
    }

    /** One that keeps its files as a real broker does. */
    static TestBroker usual(Path directory) throws IOException {
        return new TestBroker(directory, config -> config, Disk.real(), BacklogFiles.Depth.USUAL, MemoryBudget.ofHeap(),
                journal -> journal);
    }

    private void start() throws IOException {
        loops = new Loops(2);
        workers = Executors.newFixedThreadPool(2);
        JournalConfig journal = files.apply(JournalConfig.in(directory));
        start = new BrokerStart(new BrokerStart.Parts(config, new BrokerFiles(journal, disk, depth), memory, loops, workers,
                new Formats(List.of(new PlainFormat())), null, null, failure -> { }));
    }

    void restart() throws IOException {
        close();
        start();
    }

    Broker broker() {
        return start.broker();
    }

    long replayed() {
        return start.replayed();
    }

    @Override
    public void close() {
        start.close();
        workers.shutdown();
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loops.close();
    }

    User user() {
        return new User(loops.next());
    }

    /** A client with one session, on a loop of the broker's. */
    final class User {
        final Loop loop;
        final Client client;
        final Session session;

        User(Loop loop) {
            this.loop = loop;
            this.client = broker().openClient(loop, "test", "nowhere", () -> { });
            this.session = call(reply -> reply.done(client.openSession()));
        }

        <T> CompletableFuture<T> start(Consumer<Reply<T>> question) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            loop.post(() -> question.accept(Reply.of(answer::complete, answer::completeExceptionally)));
            return answer;
        }

        <T> T call(Consumer<Reply<T>> question) {
            try {
                return start(question).get(30, TimeUnit.SECONDS);
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
        }

        void send(String address, String text) {
            this.<Void>call(reply -> session.send(PlainFormat.message(address, text), reply));
        }

        Received subscribe(SubscribeRequest request) {
            return subscribe(request, false);
        }

        /** {@code streams}: whether bodies that lie in files stay there. */
        Received subscribe(SubscribeRequest request, boolean streams) {
            Received received = new Received(streams);
            received.subscription = call(reply -> session.subscribe(request, received, reply));
            return received;
        }

        void settle(List<Delivery> deliveries, Outcome outcome) {
            this.<Void>call(reply -> session.settle(deliveries, outcome, reply));
        }

        void close() {
            this.<Void>call(reply -> {
                client.close();
                reply.done(null);
            });
        }
    }

    /** Collects deliveries. */
    static final class Received implements Sink {
        private final List<Delivery> deliveries = new ArrayList<>();
        private final boolean streams;
        Subscription subscription;
        volatile BrokerException closed;

        Received() {
            this(false);
        }

        Received(boolean streams) {
            this.streams = streams;
        }

        @Override
        public boolean streams(Message large) {
            return streams;
        }

        @Override
        public synchronized void deliver(List<Delivery> burst) {
            deliveries.addAll(burst);
        }

        @Override
        public void closed(BrokerException reason) {
            closed = reason;
        }

        synchronized List<Delivery> all() {
            return List.copyOf(deliveries);
        }

        synchronized List<String> texts() {
            return deliveries.stream().map(delivery -> PlainFormat.text(delivery.message())).toList();
        }

        synchronized int count() {
            return deliveries.size();
        }
    }
}
