package io.delos.history;

import io.delos.history.Operation.Fate;
import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import io.delos.journal.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The moment at which the power went: what clients knew then, and what may have been on the disk. */
final class Cut {

    private Cut() {
    }

    /** What a history was at a time: who had not heard by then never did. */
    static List<Operation> history(List<Operation> operations, long time) {
        List<Operation> before = new ArrayList<>();
        operations.stream().filter(operation -> operation.span().from() <= time).forEach(operation ->
                (operation.span().to() <= time ? Optional.of(operation) : interrupted(operation, time)).ifPresent(before::add));
        return before;
    }

    /** Whoever was asking when the power went may have been given a message, and held it until then. */
    private static Optional<Operation> interrupted(Operation operation, long time) {
        Span open = new Span(operation.span().from(), Span.NEVER);
        if (operation instanceof Operation.Send send) {
            Fate fate = send.fate() == Fate.NOT_DONE ? Fate.NOT_DONE : Fate.UNKNOWN;
            return Optional.of(new Operation.Send(send.client(), open, send.queue(), send.message(), send.transaction(), fate));
        }
        if (operation instanceof Operation.Settle settle) {
            return Optional.of(new Operation.Settle(settle.client(), open, settle.queue(), settle.message(), settle.acknowledged(),
                    settle.transaction(), Fate.UNKNOWN));
        }
        if (operation instanceof Operation.Take || operation instanceof Operation.Shadow) {
            String queue = operation instanceof Operation.Take take ? take.queue() : ((Operation.Shadow) operation).queue();
            return Optional.of(new Operation.Shadow(operation.client(), new Span(operation.span().from(), time), queue));
        }
        return operation instanceof Operation.Left left ? Optional.of(new Operation.Left(left.client(), open)) : Optional.empty();
    }

    /** Puts a directory's files into the state in which a loss of power may have left them after the first {@code count} steps. */
    static void restore(List<Traced.Step> steps, int count, long seed, Path directory) throws IOException {
        MemoryDisk disk = new MemoryDisk();
        Map<Path, DiskFile> open = new HashMap<>();
        TreeSet<Path> directories = new TreeSet<>();
        for (Traced.Step step : steps.subList(0, count)) {
            directories.add(step.file().getParent());
            apply(step, disk, open);
        }
        MemoryDisk left = disk.afterCrash(seed);
        for (Path each : directories) {
            if (each.startsWith(directory)) {
                Files.createDirectories(each);
                for (String name : left.list(each)) {
                    Files.write(each.resolve(name), left.bytes(each.resolve(name)));
                }
            }
        }
    }

    private static void apply(Traced.Step step, MemoryDisk disk, Map<Path, DiskFile> open) throws IOException {
        Path file = step.file();
        switch (step.change()) {
            case CREATED -> open.put(file, disk.open(file, Disk.Mode.CREATE));
            case WRITTEN -> open.get(file).writeFully(ByteBuffer.wrap(step.bytes()), step.at());
            case TRUNCATED -> open.get(file).truncate(step.at());
            case DELETED -> {
                disk.delete(file);
                open.remove(file);
            }
            case RENAMED -> {
                Path to = step.other().orElseThrow();
                disk.rename(file, to);
                open.put(to, open.remove(file));
            }
            case SYNCED -> {
                DiskFile synced = open.get(file);
                if (synced == null) {
                    disk.syncDirectory(file);
                } else {
                    synced.force(true);
                }
            }
            default -> throw new IllegalStateException("no such change: " + step.change());
        }
    }
}
