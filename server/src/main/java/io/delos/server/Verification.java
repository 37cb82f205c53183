package io.delos.server;

import io.delos.broker.StoppedBroker;
import io.delos.config.QueueConfig;
import io.delos.journal.CheckpointReader;
import io.delos.journal.DamagedException;
import io.delos.journal.Disk;
import io.delos.journal.RunScanner;
import io.delos.journal.Scanner;
import io.delos.message.Message;
import io.delos.queue.BacklogFiles;
import io.delos.store.BodyFiles;
import io.delos.store.BodyView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A look at everything in a data directory that no broker uses: every checksum, every chain, every checkpoint, sparse segment and run, and
 * every reference, which must lead to a message. Changes nothing, and needs no more memory than a start. One thread, blocking.
 */
public final class Verification {

    /** Losses that are told one by one; the others are counted. */
    private static final int TOLD = 100;

    private final Path journal;
    private final Path bodies;
    private final Disk disk;
    private final Consumer<Finding> told;
    private final Map<String, Counting> queues = new LinkedHashMap<>();
    private final Files files = new Files();
    private long damages;
    private long losses;

    /** What was counted on the way. */
    private static final class Files {
        private Optional<UUID> store = Optional.empty();
        private long checkpoints;
        private long segments;
        private long sparse;
        private long runs;
        private long bodies;
        private long records;
    }

    private static final class Counting {
        private final String address;
        private long messages;
        private long bytes;
        private long lost;

        Counting(String address) {
            this.address = address;
        }
    }

    /**
     * What a durable queue holds.
     *
     * @param messages those that can be read
     * @param bytes what these take, as their clients encoded them
     * @param lost those it should hold that can't be read
     */
    public record QueueHealth(String name, String address, long messages, long bytes, long lost) { }

    /**
     * What was found.
     *
     * @param store the journal's identity, if a file tells it
     * @param bodies files with bodies of large messages
     * @param records sound ones, living or not
     * @param damages places where something is not what was written
     * @param lost messages that can't be read, those included whose references are lost
     * @param refusal why a start would be refused; empty if it would not
     */
    public record Health(Optional<UUID> store, long checkpoints, long segments, long sparse, long runs, long bodies, long records, long damages, long lost,
                         Optional<String> refusal, List<QueueHealth> queues) {

        /** Whether everything is what was written. */
        public boolean sound() {
            return damages == 0 && lost == 0 && refusal.isEmpty();
        }
    }

    private Verification(DataFiles data, Disk disk, Consumer<Finding> told) {
        this.journal = data.journal();
        this.bodies = data.bodies();
        this.disk = disk;
        this.told = told;
    }

    /**
     * Looks.
     *
     * @param data where they are; no broker makes use of them meanwhile
     * @param told is given each finding at once
     * @throws IOException if the disk itself fails
     */
    public static Health of(DataFiles data, Disk disk, Consumer<Finding> told) throws IOException {
        return new Verification(data, disk, told).look();
    }

    private Health look() throws IOException {
        new Scanner(disk, journal).scan(new Scan());
        new RunScanner(disk, journal.resolve("backlog"), BacklogFiles.ENTRY_BYTES).scan(new Runs());
        others();
        Optional<String> refusal = read();
        List<QueueHealth> health = new ArrayList<>();
        queues.forEach((name, queue) -> health.add(new QueueHealth(name, queue.address, queue.messages, queue.bytes, queue.lost)));
        return new Health(files.store, files.checkpoints, files.segments, files.sparse, files.runs, files.bodies, files.records, damages, losses, refusal, health);
    }

    /** What lies there and is not read. */
    private void others() throws IOException {
        if (!disk.list(journal.resolve("spill")).isEmpty()) {
            tell(Finding.Kind.REMARK, "spill", 0, "what is in this directory was not durable, and is not read again");
        }
        for (String name : disk.list(journal).stream().sorted().toList()) {
            if (name.endsWith(".tmp")) {
                tell(Finding.Kind.REMARK, name, 0, "it was being written when the broker ended, and means nothing");
            } else if (!ForeignData.ours(name) && !name.startsWith("free.") && !name.equals(DirectoryLock.FILE)) {
                tell(Finding.Kind.REMARK, name, 0, "this is no file of the journal's; it is left alone");
            }
        }
    }

    /** Reads what queues hold, as a start would find it, or, if that would be refused, as salvaging would; returns why it would. */
    private Optional<String> read() throws IOException {
        try (StoppedBroker broker = StoppedBroker.open(journal, bodies, disk)) {
            read(broker);
            return Optional.empty();
        } catch (IOException refused) {
            queues.clear();
            losses = 0;
            try (StoppedBroker broker = StoppedBroker.salvage(journal, bodies, disk)) {
                read(broker);
            } catch (IOException hopeless) {
                tell(Finding.Kind.DAMAGE, "", 0, "it can't be told what the queues hold: " + hopeless.getMessage());
            }
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private void read(StoppedBroker broker) throws IOException {
        for (QueueConfig queue : broker.queues().values()) {
            queues.put(queue.name(), new Counting(queue.address()));
        }
        Reading reading = new Reading(broker.bodies());
        long withReferences = broker.read(queue -> true, reading);
        losses += withReferences;
        reading.rest();
    }

    private void tell(Finding.Kind kind, String file, long offset, String what) {
        damages += kind == Finding.Kind.DAMAGE || kind == Finding.Kind.HARMLESS ? 1 : 0;
        told.accept(new Finding(kind, file, offset, what));
    }

    private final class Reading implements StoppedBroker.Visitor {
        private final BodyView view;
        /** Those that were read: what was wrong with each, if anything. */
        private final Map<String, Optional<IOException>> read = new HashMap<>();

        Reading(BodyView view) {
            this.view = view;
        }

        /** Files that no message refers to. */
        void rest() throws IOException {
            for (String name : view.files()) {
                if (BodyFiles.number(name) == 0) {
                    tell(Finding.Kind.REMARK, name, 0, "this is no body of a large message; it is left alone");
                } else if (!read.containsKey(name)) {
                    tell(Finding.Kind.REMARK, name, 0, "no message that must survive refers to this body; a start removes it");
                }
            }
        }

        private Optional<IOException> bodyOf(Message message) {
            return read.computeIfAbsent(BodyFiles.name(message.body().file()), name -> {
                files.bodies++;
                try {
                    view.check(message.body());
                    return Optional.empty();
                } catch (DamagedException damage) {
                    String named = damage.file() + " at offset " + damage.offset() + ": ";
                    tell(Finding.Kind.DAMAGE, damage.file(), damage.offset(), damage.getMessage().substring(named.length()));
                    return Optional.of(damage);
                } catch (IOException failure) {
                    return Optional.of(failure);
                }
            });
        }

        @Override
        public void message(long position, Message message, List<String> holders) {
            Optional<IOException> broken = message.large() ? bodyOf(message) : Optional.empty();
            if (broken.isPresent()) {
                lost(position, holders, broken.get());
                return;
            }
            for (String name : holders) {
                Counting queue = queues.get(name);
                queue.messages++;
                queue.bytes += message.size() + message.body().length();
            }
        }

        @Override
        public void lost(long position, List<String> holders, IOException cause) {
            holders.forEach(name -> queues.get(name).lost++);
            losses += holders.size();
            if (losses <= TOLD) {
                String file = cause instanceof DamagedException damage ? damage.file() : "";
                long offset = cause instanceof DamagedException damage ? damage.offset() : 0;
                tell(Finding.Kind.LOSS, file, offset, "the message at position " + position + " of " + String.join(", ", holders)
                        + " can't be read" + (file.isEmpty() ? ": " + cause.getMessage() : ""));
            }
        }
    }

    private final class Runs implements RunScanner.Visitor {
        @Override
        public void file(String file, long entries, int rest) {
            files.runs++;
            if (rest > 0) {
                tell(Finding.Kind.REMARK, "backlog/" + file, entries * BacklogFiles.ENTRY_BYTES, "the " + rest + " bytes behind the last entry mean nothing");
            }
        }

        @Override
        public void damaged(String file, long offset, long first, long last) {
            tell(Finding.Kind.HARMLESS, "backlog/" + file, offset, "the entries " + first + " to " + last
                    + " are damaged; what is needed of them is found in the journal");
        }
    }

    private final class Scan implements Scanner.Visitor {
        @Override
        public void checkpoint(String file, CheckpointReader checkpoint) {
            files.checkpoints++;
        }

        @Override
        public void segment(String file, UUID store, int epoch, long base, int capacity) {
            files.segments++;
            files.store = Optional.of(store);
        }

        @Override
        public void sparse(String file, UUID store, long base, long limit, long records) {
            files.sparse++;
            files.store = Optional.of(store);
        }

        @Override
        public void record(long position, byte type, ByteBuffer payload, boolean lastOfUnit) {
            files.records++;
        }

        @Override
        public void torn(String file, long offset, String what) {
            tell(Finding.Kind.REMARK, file, offset, what);
        }

        @Override
        public void noticed(String file, long offset, String what) {
            tell(Finding.Kind.HARMLESS, file, offset, what);
        }

        @Override
        public void damaged(String file, long offset, String what) {
            String named = file + " at offset " + offset + ": ";
            tell(Finding.Kind.DAMAGE, file, offset, what.startsWith(named) ? what.substring(named.length()) : what);
        }
    }
}
