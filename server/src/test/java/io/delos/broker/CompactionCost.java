package io.delos.broker;

import io.delos.config.BrokerConfig;
import io.delos.config.RoutingType;
import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import io.delos.journal.JournalConfig;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import io.delos.message.Formats;
import io.delos.queue.Delivery;
import io.delos.store.MemoryBudget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Prints what it costs that old messages stay while others pass: messages of 1 KiB go through one durable queue of a broker without ports,
 * and all are acknowledged but the first, or all but every n-th. How large the directory becomes, and how many bytes are written for each byte
 * of payload, by kind of file. Arguments: an empty directory, how many GB are to pass (10), one in how many stays (0: the first alone), and
 * how many seconds it may take (600).
 */
public final class CompactionCost {

    private static final String QUEUE = "flow";
    private static final byte[] PAYLOAD = new byte[1024];
    private static final int UNDER_WAY = 4000;

    private final Map<String, LongAdder> written = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private final LongPredicate stays;
    private final long count;
    private final long deadline;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long sent;
    private long underWay;
    private boolean ended;

    private CompactionCost(long count, long oneIn, long seconds) {
        this.count = count;
        this.stays = n -> oneIn > 0 ? n % oneIn == 0 : n == 0;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        long gigabytes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 10;
        long oneIn = arguments.length > 2 ? Long.parseLong(arguments[2]) : 0;
        long seconds = arguments.length > 3 ? Long.parseLong(arguments[3]) : 600;
        new CompactionCost(gigabytes * 1_000_000_000 / PAYLOAD.length, oneIn, seconds).run(directory);
    }

    private void run(Path directory) throws Exception {
        Loops loops = new Loops(2);
        ExecutorService workers = Executors.newFixedThreadPool(4);
        BrokerConfig config = BrokerConfig.defaults().with("security-enabled", false);
        BrokerStart start = new BrokerStart(new BrokerStart.Parts(config, new BrokerFiles(JournalConfig.in(directory), new Counting()),
                MemoryBudget.ofHeap(), loops, workers, new Formats(List.of(new PlainFormat())), null, null, failure -> System.exit(1)));
        Session producer = session(start.broker(), loops.next());
        Session consumer = session(start.broker(), loops.next());
        CompletableFuture<AddressInfo> there = new CompletableFuture<>();
        producer.loop().post(() -> producer.resources().ensure(QUEUE, Optional.of(RoutingType.ANYCAST), true, Reply.of(there::complete, there::completeExceptionally)));
        there.get();
        consumer.loop().post(() -> consumer.subscribe(SubscribeRequest.of(QUEUE, SubscribeRequest.UNLIMITED), new Taker(consumer), Reply.ignored()));
        long begin = System.nanoTime();
        producer.loop().post(() -> send(producer));
        long most = 0;
        long next = 0;
        while (!done.await(200, TimeUnit.MILLISECONDS)) {
            long now = bytes(directory);
            most = Math.max(most, now);
            if (sent * PAYLOAD.length > next) {
                print(begin, now, most, directory);
                next += 1_000_000_000;
            }
        }
        print(begin, bytes(directory), most, directory);
        for (int i = 0; i < 10; i++) {
            TimeUnit.SECONDS.sleep(1);
        }
        System.out.print("ten seconds later: ");
        print(begin, bytes(directory), most, directory);
        start.close();
        workers.shutdown();
        loops.close();
        new TreeMap<>(written).forEach((kind, bytes) -> System.out.printf("written to %-12s %,15d bytes, %.4f of the payload%n", kind,
                bytes.sum(), (double) bytes.sum() / (sent * PAYLOAD.length)));
    }

    private static Session session(Broker broker, Loop loop) throws Exception {
        CompletableFuture<Session> session = new CompletableFuture<>();
        loop.post(() -> session.complete(broker.openClient(loop, "cost", "nowhere", () -> { }).openSession()));
        return session.get();
    }

    private void print(long begin, long now, long most, Path directory) throws IOException {
        long all = written.values().stream().mapToLong(LongAdder::sum).sum();
        try (Stream<Path> files = Files.list(directory)) {
            System.out.printf("%4d s: %,14d bytes sent, directory %,13d bytes in %d files, at most %,13d; written %,15d, %.3f times the payload%n",
                    (System.nanoTime() - begin) / 1_000_000_000, sent * PAYLOAD.length, now, files.count(), most, all,
                    (double) all / Math.max(1, sent * PAYLOAD.length));
        }
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
        }
    }

    private void send(Session producer) {
        while (underWay < UNDER_WAY && !ended) {
            if (sent >= count || System.nanoTime() > deadline) {
                ended = true;
                break;
            }
            sent = sent + 1;
            underWay++;
            byte[] payload = PAYLOAD.clone();
            ByteBuffer.wrap(payload).putLong(sent - 1);
            io.delos.message.Message message = io.delos.message.Message.of(PlainFormat.CORE, payload).address(QUEUE).durable(true)
                    .routing(io.delos.message.Message.ROUTE_ANYCAST).build();
            producer.send(message, Reply.of(confirmed -> sendMore(producer), refused -> System.exit(1)));
        }
        if (ended && underWay == 0 && received.get() >= sent) {
            done.countDown();
        } else if (ended && underWay == 0) {
            producer.loop().schedule(() -> send(producer), 50);
        }
    }

    private void sendMore(Session producer) {
        if (--underWay == UNDER_WAY / 2 || ended && underWay == 0) {
            producer.loop().post(() -> send(producer));
        }
    }

    private final class Taker implements Sink {
        private final Session session;

        Taker(Session session) {
            this.session = session;
        }

        @Override
        public void deliver(List<Delivery> burst) {
            received.addAndGet(burst.size());
            List<Delivery> over = burst.stream().filter(delivery -> !stays.test(ByteBuffer.wrap(delivery.message().bytes()).getLong())).toList();
            session.settle(over, Outcome.ACCEPTED, Reply.ignored());
        }

        @Override
        public void closed(BrokerException reason) {
            System.out.println("closed: " + reason.getMessage());
        }
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".tmp") && name.startsWith("ckpt") ? "checkpoints" : name.contains(".sparse") ? "sparse"
                : name.endsWith(".log") || name.startsWith("free.") ? "segments" : "others";
    }

    /** The real disk, with everything written to it counted. */
    private final class Counting implements Disk {
        private final Disk real = Disk.real();

        @Override
        public DiskFile open(Path file, Mode mode) throws IOException {
            return new CountingFile(real.open(file, mode), written.computeIfAbsent(kind(file), kind -> new LongAdder()));
        }

        @Override
        public void createDirectory(Path directory) throws IOException {
            real.createDirectory(directory);
        }

        @Override
        public List<String> list(Path directory) throws IOException {
            return real.list(directory);
        }

        @Override
        public long size(Path file) throws IOException {
            return real.size(file);
        }

        @Override
        public Space space(Path directory) throws IOException {
            return real.space(directory);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            real.delete(file);
        }

        @Override
        public void syncDirectory(Path directory) throws IOException {
            real.syncDirectory(directory);
        }
    }

    private record CountingFile(DiskFile real, LongAdder bytes) implements DiskFile {

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            int count = real.write(source, position);
            bytes.add(count);
            return count;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            real.force(metadata);
        }

        @Override
        public void truncate(long length) throws IOException {
            real.truncate(length);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
