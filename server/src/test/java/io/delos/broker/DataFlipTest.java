package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.journal.Scanner;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.server.Finding;
import io.delos.server.DataFiles;
import io.delos.server.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bits of a broker's whole data directory are flipped, one at a time: segments, sparse ones, checkpoints, and the files of references of deep
 * queues. Each is told with file and offset; no message is wrong, and at most the one that was hit is lost.
 */
class DataFlipTest {

    private static final Path DATA = Path.of("/data");
    private static final Path BACKLOG = DATA.resolve("backlog");
    private static final int COUNT = 1000;
    /** Flips in each file; with {@code -Dflip.count} more of them. */
    private static final int FLIPS = Integer.getInteger("flip.count", 8);

    private MemoryDisk disk = new MemoryDisk();
    private final Map<String, Long> ends = new HashMap<>();

    @BeforeEach
    void fill() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker, "passing", 0, COUNT);
            TestBroker.User user = broker.user();
            TestBroker.Received all = user.subscribe(SubscribeRequest.of("passing", SubscribeRequest.UNLIMITED));
            await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= COUNT);
            List<Delivery> settled = all.all().stream().filter(delivery -> number(PlainFormat.text(delivery.message())) % 50 != 0).toList();
            user.settle(settled, Outcome.ACCEPTED);
        }
        try (StoppedStore store = StoppedStore.open(io.delos.journal.JournalConfig.in(DATA).withSegmentBytes(256 << 10).withPooledSegments(2), disk)) {
            store.compact();
        }
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker, "deep", 0, COUNT);
            MemoryDisk running = disk;
            // a checkpoint that is being written is worth a remark, and there must be none before a bit is flipped
            disk = await().until(running::copy, copy -> copy.list(DATA).stream().noneMatch(name -> name.endsWith(".tmp")));
        }
        new Scanner(disk, DATA).scan(new Scanner.Visitor() {
            private String file;
            private long base;

            @Override
            public void segment(String name, java.util.UUID store, int epoch, long from, int capacity) {
                file = name;
                base = from;
                ends.put(name, 4096L);
            }

            @Override
            public void frame(long position, int bytes, int epoch, int records) {
                ends.put(file, position - base + bytes + 4095 & -4096L);
            }

            @Override
            public void unused(String name) {
                ends.put(name, name.endsWith(".log") ? 4096L : 0);
            }
        });
    }

    private static void send(TestBroker broker, String queue, int from, int to) throws Exception {
        TestBroker.User user = broker.user();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String text = text(queue, i);
            answers.add(user.start(reply -> user.session.send(PlainFormat.message(queue, text), reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }

    private static String text(String queue, int number) {
        return "n=" + number + ";queue=" + queue + ";pad=" + ("" + (char) ('a' + number % 26)).repeat(1500 + number % 100);
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(2, text.indexOf(';')));
    }

    @Test
    void eachIsToldAndAtMostTheMessageThatWasHitIsLost() throws IOException {
        assertThat(disk.list(BACKLOG)).isNotEmpty();
        assertThat(disk.list(DATA)).anyMatch(name -> name.endsWith(".sparse")).anyMatch(name -> name.startsWith("ckpt."));
        List<Finding> none = new ArrayList<>();
        Verification.Health sound = Verification.of(DataFiles.in(DATA), disk, none::add);
        assertThat(none).isEmpty();
        assertThat(sound.sound()).isTrue();
        assertThat(sound.queues().stream().mapToLong(Verification.QueueHealth::messages).sum()).isEqualTo(COUNT + COUNT / 50);
        Random random = new Random(7);
        for (Path directory : List.of(DATA, BACKLOG)) {
            for (String name : disk.list(directory).stream().sorted().toList()) {
                Path file = directory.resolve(name);
                byte[] bytes = disk.bytes(file);
                for (int i = 0; i < FLIPS && bytes.length > 0; i++) {
                    int offset = random.nextInt(i == 0 ? Math.min(bytes.length, 80) : bytes.length);
                    byte was = bytes[offset];
                    bytes[offset] ^= (byte) (1 << random.nextInt(8));
                    disk.put(file, bytes);
                    flipped(name, offset, bytes.length);
                    bytes[offset] = was;
                    disk.put(file, bytes);
                }
            }
        }
    }

    private void flipped(String file, int offset, int length) throws IOException {
        List<Finding> found = new ArrayList<>();
        Verification.Health health = Verification.of(DataFiles.in(DATA), disk, found::add);
        String where = file + " at " + offset + " of " + length;
        boolean means = offset < ends.getOrDefault(file, (long) length);
        if (means) {
            assertThat(found).as(where).isNotEmpty().allMatch(finding -> finding.file().endsWith(file) && finding.offset() <= offset);
        } else {
            assertThat(found).as(where).isEmpty();
        }
        long messages = health.queues().stream().mapToLong(Verification.QueueHealth::messages).sum();
        if (health.refusal().isEmpty()) {
            boolean record = file.endsWith(".log") || file.endsWith(".sparse");
            boolean last = found.stream().anyMatch(finding -> finding.kind() == Finding.Kind.REMARK);
            assertThat(health.lost()).as(where).isLessThanOrEqualTo(record ? 1 : 0);
            assertThat(messages + health.lost()).as(where).isEqualTo(last ? messages : COUNT + COUNT / 50);
            assertThat(messages).isPositive();
            read(where);
        } else {
            assertThat(health.refusal().get()).as(where).startsWith(file + " at offset ");
        }
    }

    /** What is read is what was written. */
    private void read(String where) throws IOException {
        try (StoppedBroker broker = StoppedBroker.open(DATA, disk)) {
            broker.read(queue -> true, new StoppedBroker.Visitor() {
                @Override
                public void message(long position, Message message, List<String> queues) {
                    String text = PlainFormat.text(message);
                    assertThat(queues).as(where).hasSize(1);
                    assertThat(text).as(where).isEqualTo(text(queues.get(0), number(text)));
                }

                @Override
                public void lost(long position, List<String> queues, IOException cause) {
                    assertThat(cause).isInstanceOf(io.delos.journal.DamagedException.class);
                }
            });
        }
    }
}
