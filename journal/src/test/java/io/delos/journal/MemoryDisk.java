package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk in memory with a page cache: what is written is seen at once, but survives {@link #afterCrash} for sure only if it was forced. A
 * crash keeps any subset of the unforced 512-byte sectors (or whole 4 KiB pages), and the first few of each file's unsynced changes of name.
 */
public final class MemoryDisk implements Disk {
    private static final int SECTOR = 512;

    private final Map<Path, Node> names = new TreeMap<>();
    private final Map<Path, Node> durableNames = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();

    /** A change of names: {@code to} is the node's new name, or nothing if it was deleted. */
    private record Change(Path directory, Path from, Path to, Node node) {

        void apply(Map<Path, Node> names) {
            if (from != null) {
                names.remove(from, node);
            }
            if (to != null) {
                names.put(to, node);
            }
        }
    }

    /** A file's content: what programs see, what the platter has, and where they may differ. */
    private static final class Node {
        private byte[] seen = new byte[0];
        private int length;
        private byte[] durable = new byte[0];
        private final BitSet dirty = new BitSet();

        Node copy() {
            Node copy = new Node();
            copy.seen = bytes();
            copy.length = length;
            copy.durable = durable.clone();
            copy.dirty.or(dirty);
            return copy;
        }

        byte[] bytes() {
            return Arrays.copyOf(seen, length);
        }

        void put(byte[] bytes) {
            seen = bytes.clone();
            length = bytes.length;
            durable = bytes.clone();
            dirty.clear();
        }

        void resize(int bytes) {
            if (bytes > seen.length) {
                seen = Arrays.copyOf(seen, Math.max(bytes, Math.min(2 * seen.length, seen.length + (1 << 20))));
            }
            if (bytes > length) {
                dirty.set(length / SECTOR, (bytes + SECTOR - 1) / SECTOR);
            } else {
                Arrays.fill(seen, bytes, length, (byte) 0);
            }
            length = bytes;
        }

        void force() {
            if (durable.length != length) {
                durable = Arrays.copyOf(durable, length);
            }
            dirty.stream().forEach(this::keep);
            dirty.clear();
        }

        void keep(int sector) {
            int from = sector * SECTOR;
            int bytes = Math.min(SECTOR, Math.min(length, durable.length) - from);
            if (bytes > 0) {
                System.arraycopy(seen, from, durable, from, bytes);
            }
        }

        /** Loses what was not forced, except what chance keeps. */
        void crash(Random chance) {
            if (durable.length != length && chance.nextBoolean()) {
                durable = Arrays.copyOf(durable, length);
            }
            int mode = chance.nextInt(4);
            int unit = chance.nextBoolean() ? 8 : 1;
            int salt = chance.nextInt();
            for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
                int mixed = (salt + sector / unit) * 0x9E3779B1;
                mixed = (mixed ^ mixed >>> 15) * 0x85EBCA6B;
                if (mode == 0 || mode > 1 && mixed < 0) {
                    keep(sector);
                }
            }
            put(durable);
        }
    }

    /** What another machine would find on this disk if the power went now; this disk is not changed. */
    public synchronized MemoryDisk afterCrash(long seed) {
        Random chance = new Random(seed);
        MemoryDisk disk = copy();
        Set<Node> lost = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean all = chance.nextInt(4) == 0;
        for (Change change : disk.unsynced) {
            if (!lost.contains(change.node) && (all || chance.nextBoolean())) {
                change.apply(disk.durableNames);
            } else {
                lost.add(change.node);
            }
        }
        disk.unsynced.clear();
        disk.names.clear();
        disk.names.putAll(disk.durableNames);
        disk.names.values().forEach(node -> node.crash(chance));
        return disk;
    }

    /** An independent disk with the same content, cache and all. */
    public synchronized MemoryDisk copy() {
        Map<Node, Node> copies = new IdentityHashMap<>();
        MemoryDisk disk = new MemoryDisk();
        names.forEach((path, node) -> disk.names.put(path, copies.computeIfAbsent(node, Node::copy)));
        durableNames.forEach((path, node) -> disk.durableNames.put(path, copies.computeIfAbsent(node, Node::copy)));
        unsynced.forEach(change -> disk.unsynced.add(new Change(change.directory, change.from, change.to,
                copies.computeIfAbsent(change.node, Node::copy))));
        return disk;
    }

    /** The last force of this file failed and the system marked its pages clean: they are seen, but will never reach the platter. */
    synchronized void dropUnforced(Path file) {
        Node node = names.get(file);
        if (node != null) {
            node.dirty.clear();
        }
    }

    /** A file's bytes, to look at or to damage: changes are at once seen and durable. */
    public synchronized byte[] bytes(Path file) throws NoSuchFileException {
        return node(file).bytes();
    }

    /** Replaces a file's bytes, seen and durable, creating it if needed. */
    public synchronized void put(Path file, byte[] bytes) {
        Node node = names.computeIfAbsent(file, missing -> new Node());
        durableNames.put(file, node);
        node.put(bytes);
    }

    /** How many bytes all files have together. */
    public synchronized long used() {
        return names.values().stream().mapToLong(node -> node.length).sum();
    }

    @Override
    public synchronized DiskFile open(Path file, Mode mode) throws IOException {
        if (mode == Mode.CREATE) {
            Node node = names.get(file);
            if (node == null) {
                node = new Node();
                change(file, null, file, node);
            }
            node.resize(0);
            return new MemoryFile(node);
        }
        return new MemoryFile(node(file));
    }

    @Override
    public void createDirectory(Path directory) {
        // a file's name says which directory it is in
    }

    @Override
    public synchronized List<String> list(Path directory) {
        return names.keySet().stream().filter(path -> path.getParent().equals(directory))
                .map(path -> path.getFileName().toString()).toList();
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        return node(file).length;
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        change(from, from, to, node(from));
    }

    @Override
    public synchronized void delete(Path file) {
        Node node = names.get(file);
        if (node != null) {
            change(file, file, null, node);
        }
    }

    @Override
    public Space space(Path directory) {
        return new Space(1L << 40, (1L << 40) - used());
    }

    @Override
    public synchronized void syncDirectory(Path directory) {
        unsynced.removeIf(change -> {
            boolean here = change.directory.equals(directory);
            if (here) {
                change.apply(durableNames);
            }
            return here;
        });
    }

    private Node node(Path file) throws NoSuchFileException {
        Node node = names.get(file);
        if (node == null) {
            throw new NoSuchFileException(file.toString());
        }
        return node;
    }

    private void change(Path file, Path from, Path to, Node node) {
        Change change = new Change(file.getParent(), from, to, node);
        change.apply(names);
        unsynced.add(change);
    }

    private final class MemoryFile implements DiskFile {
        private final Node node;
        private boolean closed;

        MemoryFile(Node node) {
            this.node = node;
        }

        private void check() throws ClosedChannelException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                check();
                int from = Math.toIntExact(position);
                int length = source.remaining();
                if (from + length > node.length) {
                    node.resize(from + length);
                }
                source.get(node.seen, from, length);
                node.dirty.set(from / SECTOR, (from + length + SECTOR - 1) / SECTOR);
                return length;
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                check();
                if (position >= node.length) {
                    return -1;
                }
                int length = (int) Math.min(target.remaining(), node.length - position);
                target.put(node.seen, (int) position, length);
                return length;
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (MemoryDisk.this) {
                check();
                node.force();
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (MemoryDisk.this) {
                check();
                if (length < node.length) {
                    node.resize((int) length);
                }
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (MemoryDisk.this) {
                check();
                return node.length;
            }
        }

        @Override
        public void close() {
            synchronized (MemoryDisk.this) {
                closed = true;
            }
        }
    }
}
