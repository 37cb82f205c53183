package io.delos.broker;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures what very many queues cost, in this process: {@code ManyQueues DIRECTORY COUNT [MESSAGES]}, with an empty directory. */
final class ManyQueues {

    private ManyQueues() {
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        int messages = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        long start = System.nanoTime();
        try (TestBroker broker = TestBroker.usual(directory)) {
            TestBroker.User user = broker.user();
            for (int from = 0; from < count; from += 1000) {
                List<CompletableFuture<?>> made = new ArrayList<>();
                for (int i = from; i < Math.min(count, from + 1000); i++) {
                    String name = "many." + i;
                    made.add(user.<QueueInfo>start(reply -> user.session.resources().createQueue(QueueRequest.of(name, name, RoutingType.ANYCAST), false, reply)));
                    for (int m = 0; m < messages; m++) {
                        made.add(user.<Void>start(reply -> user.session.send(PlainFormat.message(name, "text of a message"), reply)));
                    }
                }
                CompletableFuture.allOf(made.toArray(CompletableFuture[]::new)).get(5, TimeUnit.MINUTES);
            }
            report("made", start, count);
            start = System.nanoTime();
        }
        report("stopped", start, count);
        try (Stream<Path> files = Files.walk(directory)) {
            System.out.println("bytes on disk: " + files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum());
        }
        for (int i = 0; i < 3; i++) {
            start = System.nanoTime();
            try (TestBroker broker = TestBroker.usual(directory)) {
                report("started", start, count);
                start = System.nanoTime();
            }
        }
    }

    private static void report(String what, long since, int count) {
        System.gc();
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.printf("%s: %,d ms; heap %,d bytes for each of %,d queues%n", what, (System.nanoTime() - since) / 1_000_000, heap / count, count);
    }
}
