package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What is read of a broker that is not running; that nothing is changed by it is checked each time. */
record Held(Map<String, Set<RoutingType>> addresses, Map<Long, QueueConfig> queues, List<Found> messages, long lost) {

    /** A message, where it lies, and who holds it. */
    record Found(long position, Message message, List<String> queues) {
        String text() {
            return PlainFormat.text(message);
        }
    }

    static Held by(MemoryDisk disk) throws IOException {
        return by(disk, queue -> true);
    }

    static Held by(MemoryDisk disk, Predicate<String> wanted) throws IOException {
        Map<Path, byte[]> before = files(disk);
        List<Found> messages = new ArrayList<>();
        Held held;
        try (StoppedBroker broker = StoppedBroker.open(Path.of("/data"), disk)) {
            long lost = broker.read(wanted, new StoppedBroker.Visitor() {
                @Override
                public void message(long position, Message message, List<String> queues) {
                    messages.add(new Found(position, message, queues));
                }

                @Override
                public void lost(long position, List<String> queues, IOException cause) {
                    throw new AssertionError("the message at " + position + " is lost", cause);
                }
            });
            held = new Held(broker.addresses(), broker.queues(), messages, lost);
        }
        Map<Path, byte[]> after = files(disk);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((file, bytes) -> assertThat(bytes).as(file.toString()).isEqualTo(before.get(file)));
        return held;
    }

    private static Map<Path, byte[]> files(MemoryDisk disk) throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        for (String directory : List.of("/data", "/data/backlog", "/data/spill")) {
            for (String name : disk.list(Path.of(directory))) {
                Path file = Path.of(directory).resolve(name);
                files.put(file, disk.bytes(file).clone());
            }
        }
        return files;
    }
}
