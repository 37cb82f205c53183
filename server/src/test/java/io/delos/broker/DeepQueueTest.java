package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import io.delos.queue.Sweep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A queue much deeper than its window, whose references are in files, under random use: sends, acknowledgements, returns, selectors,
 * browsers, purges, restarts and power failures, beside a list that says what must be there. (A message that a selector brought forward and that came back stands, after a restart, before
 * those it overtook; so those seeds that have restarts do not give any of these back.) With the later seeds messages come with large
 * transactions too, and whenever the broker is down something happens to the files of references: all is there all the same.
 */
class DeepQueueTest {

    private static final String PAD = "x".repeat(2000);

    /** What the queue must hold, in order of arrival. */
    private record Sent(int number, int priority, boolean durable, int group) {
        String text() {
            return "n=" + number + ";g=" + group + ";pad=" + PAD;
        }
    }

    private final List<Sent> model = new ArrayList<>();
    private MemoryDisk disk = new MemoryDisk();
    private TestBroker broker;
    private TestBroker.User user;
    private Random random;
    private int number;
    private boolean priorities;
    private boolean restarts;
    private boolean damage;

    static IntStream seeds() {
        // every other one, of which half have damage: the rest with -Ddeep.all=true
        return IntStream.range(0, 30).filter(seed -> seed % 2 == 0 || Boolean.getBoolean("deep.all"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void itHoldsWhatItShould(int seed) throws Exception {
        random = new Random(seed);
        priorities = seed % 3 == 1;
        damage = seed >= 12 && seed < 24;
        boolean swept = seed >= 24;
        restarts = damage || seed % 4 != 0;
        broker = TestBroker.deep(disk);
        user = broker.user();
        try {
            send(700);
            for (int step = 0; step < 14; step++) {
                step(random.nextInt(swept ? 18 : 14));
                check();
            }
            receive(Integer.MAX_VALUE, "", sent -> true, 1);
            check();
            filesAreGivenBack();
        } finally {
            broker.close();
        }
    }

    private void step(int choice) throws Exception {
        if (choice >= 9 && choice <= 12 && !restarts) {
            return;
        }
        switch (choice) {
            case 0, 1 -> send(random.nextInt(500));
            case 2 -> {
                if (damage) {
                    sendLargeTransactions();
                } else {
                    send(random.nextInt(500));
                }
            }
            case 3, 4 -> receive(random.nextInt(200), "", sent -> true, 1);
            case 5 -> receive(random.nextInt(600), "", sent -> true, random.nextDouble());
            case 6, 7 -> {
                int wanted = random.nextInt(5);
                receive(random.nextInt(100), "g = " + wanted, sent -> sent.group() == wanted, restarts ? 1 : 0.5);
            }
            case 8 -> browse();
            case 9, 10 -> {
                broker.close();
                damage();
                lookedAt();
                broker = TestBroker.deep(disk);
                restarted();
            }
            case 11, 12 -> {
                MemoryDisk after = disk.afterCrash(random.nextLong());
                broker.close();
                disk = after;
                damage();
                lookedAt();
                broker = TestBroker.deep(disk);
                restarted();
            }
            case 14, 15 -> sweep(random.nextInt(5), false);
            case 16, 17 -> sweep(random.nextInt(5), true);
            default -> purge();
        }
    }

    /** Management takes those of a group out, or moves them elsewhere, some at most, while the queue is paused and while it is not. */
    private void sweep(int wanted, boolean moved) {
        List<Sent> there = model.stream().filter(sent -> sent.group() == wanted).toList();
        long most = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(40);
        boolean paused = random.nextBoolean();
        queue().loop().post(() -> queue().pause(paused));
        user.send("elsewhere", "n=0;so that it is there");
        Queue elsewhere = broker.broker().findQueue("elsewhere").orElseThrow();
        long before = countedBy(elsewhere);
        Sweep.Choice choice = message -> message.address().equals("q") && PlainFormat.text(message).contains(";g=" + wanted + ";");
        long count = user.call(reply -> {
            QueueMessages.Order order = new QueueMessages.Order(queue(), choice, most, user.loop, reply);
            if (moved) {
                broker.broker().messages().move(order, elsewhere);
            } else {
                broker.broker().messages().remove(order);
            }
        });
        assertThat(count).isEqualTo(Math.min(most, there.size()));
        assertThat(countedBy(elsewhere) - before).isEqualTo(moved ? count : 0);
        model.removeAll(there.stream().sorted((a, b) -> b.priority() - a.priority()).limit(count).toList());
        queue().loop().post(() -> queue().pause(false));
    }

    /** What may happen to files that nobody guards: a bit flips, the end is missing, a file is. */
    private void damage() throws Exception {
        for (String name : damage ? disk.list(Path.of("/data/backlog")) : List.<String>of()) {
            Path file = Path.of("/data/backlog").resolve(name);
            byte[] bytes = disk.bytes(file);
            int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> disk.put(file, Arrays.copyOf(bytes, at));
                case 1 -> disk.delete(file);
                case 2 -> {
                    for (int i = 0; i < bytes.length; i += 1 + random.nextInt(400)) {
                        bytes[i] ^= (byte) (1 << random.nextInt(8));
                    }
                    disk.put(file, bytes);
                }
                default -> {
                    // nothing happens to this one
                }
            }
        }
    }

    /** Three at once, with other messages between theirs; one is rolled back. */
    private void sendLargeTransactions() throws Exception {
        List<Transaction> open = List.of(user.session.begin(), user.session.begin(), user.session.begin());
        List<List<Sent>> of = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < open.size(); i++) {
                for (int n = 0; n < 120; n++) {
                    Sent sent = new Sent(number++, priorities ? random.nextInt(3) * 3 : 4, true, random.nextInt(5));
                    of.get(i).add(sent);
                    Transaction transaction = open.get(i);
                    user.<Void>start(reply -> user.session.send(message(sent), transaction, reply));
                }
            }
            send(random.nextInt(20));
        }
        user.<Void>call(reply -> user.session.rollback(open.get(1), Outcome.RELEASED, reply));
        for (int i : new int[] {2, 0}) {
            user.<Void>call(reply -> user.session.commit(open.get(i), reply));
            model.addAll(of.get(i));
        }
        await().until(() -> counters().messages() == model.size());
    }

    /** While the broker is down, all of it can be read, in order, and no file changes. */
    private void lookedAt() throws Exception {
        Held held = Held.by(disk);
        assertThat(held.lost()).isZero();
        for (int priority = 0; priority < 10; priority++) {
            int level = priority;
            assertThat(held.messages().stream()
                    .filter(found -> found.message().address().equals("q") && found.message().priority() == level).map(found -> brief(found.text())).toList())
                    .isEqualTo(model.stream().filter(sent -> sent.durable() && sent.priority() == level).map(sent -> brief(sent.text())).toList());
        }
    }

    private static Message message(Sent sent) {
        return PlainFormat.message("q", sent.text()).toBuilder().priority((byte) sent.priority()).durable(sent.durable()).build();
    }

    private void restarted() {
        user = broker.user();
        model.removeIf(sent -> !sent.durable());
    }

    private void send(int count) throws Exception {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Sent sent = new Sent(number++, priorities ? random.nextInt(3) * 3 : 4, random.nextInt(6) != 0, random.nextInt(5));
            answers.add(user.start(reply -> user.session.send(message(sent), reply)));
            model.add(sent);
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
        await().until(() -> counters().messages() == model.size());
    }

    /** Takes some that are wanted; acknowledges a part of them, and gives the others back. */
    private void receive(int most, String selector, Predicate<Sent> wanted, double acknowledged) {
        List<Sent> there = model.stream().filter(wanted).toList();
        int expected = Math.min(most, there.size());
        if (expected == 0) {
            return;
        }
        SubscribeRequest request = SubscribeRequest.of("q", expected);
        TestBroker.Received received = user.subscribe(selector.isEmpty() ? request : request.withSelector(selector));
        await().atMost(Duration.ofSeconds(20)).until(() -> received.count() == expected);
        inOrder(received.texts(), there);
        List<io.delos.queue.Delivery> settled = received.all().stream().filter(delivery -> random.nextDouble() < acknowledged).toList();
        if (!settled.isEmpty()) {
            user.settle(settled, Outcome.ACCEPTED);
        }
        user.<Void>call(reply -> received.subscription.close(Outcome.RELEASED, reply));
        Set<String> gone = settled.stream().map(delivery -> PlainFormat.text(delivery.message())).collect(Collectors.toSet());
        model.removeIf(sent -> gone.contains(sent.text()));
        await().until(() -> counters().delivering() == 0);
    }

    /** Those of each priority must be the first of theirs. */
    private void inOrder(List<String> texts, List<Sent> there) {
        Map<String, Integer> levels = there.stream().collect(Collectors.toMap(Sent::text, Sent::priority));
        for (int priority = 0; priority < 10; priority++) {
            Integer level = priority;
            List<String> expected = there.stream().filter(sent -> level.equals(sent.priority())).map(Sent::text).toList();
            List<String> got = texts.stream().filter(text -> level.equals(levels.get(text))).toList();
            assertThat(got.stream().map(DeepQueueTest::brief).toList())
                    .isEqualTo(expected.subList(0, Math.min(got.size(), expected.size())).stream().map(DeepQueueTest::brief).toList());
        }
    }

    private static String brief(String text) {
        return text.substring(0, text.indexOf(";pad"));
    }

    private void browse() {
        TestBroker.Received shown = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED).browse());
        user.<Void>call(reply -> shown.subscription.flush(() -> reply.done(null)));
        assertThat(shown.count()).isEqualTo(model.size());
        if (restarts) {
            inOrder(shown.texts(), model);
        }
        assertThat(shown.texts().stream().sorted().toList()).isEqualTo(model.stream().map(Sent::text).sorted().toList());
        user.<Void>call(reply -> shown.subscription.close(Outcome.RELEASED, reply));
    }

    private void purge() {
        if (model.isEmpty()) {
            return;
        }
        long removed = user.call(reply -> broker.broker().administration().removeMessages(queue(), user.loop, reply));
        assertThat(removed).isEqualTo(model.size());
        model.clear();
    }

    private Queue queue() {
        return broker.broker().findQueue("q").orElseThrow();
    }

    /** What its owner counts, who may not have come yet to what is confirmed. */
    private long countedBy(Queue queue) {
        return user.call(reply -> queue.loop().post(() -> reply.done(queue.counters().messages())));
    }

    private QueueCounters counters() {
        return queue().counters();
    }

    private void check() {
        assertThat(counters().messages()).as("messages").isEqualTo(model.size());
        assertThat(counters().durableMessages()).as("durable ones").isEqualTo(model.stream().filter(Sent::durable).count());
        long bytes = model.stream().mapToLong(sent -> PlainFormat.message("q", sent.text()).size()).sum();
        assertThat(counters().bytes()).as("bytes").isEqualTo(bytes);
        assertThat(queue().usage().bytes()).as("the address's bytes").isEqualTo(bytes);
        assertThat(queue().usage().messages()).as("the address's messages").isEqualTo(model.size());
    }

    /** With nothing left no file is needed, once the checkpoints have moved on. */
    private void filesAreGivenBack() throws Exception {
        for (int i = 0; i < 4; i++) {
            user.send("other", "so that the checkpoint is a new one");
            broker.restart();
            user = broker.user();
        }
        assertThat(disk.list(Path.of("/data/backlog"))).isEmpty();
        assertThat(disk.list(Path.of("/data")).stream().filter(name -> name.endsWith(".log")).count()).isLessThan(12);
    }
}
