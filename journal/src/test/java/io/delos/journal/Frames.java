package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a scan found: frames, texts of records, and everything unsound. */
final class Frames implements Scanner.Visitor {
    final List<Frame> frames = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    final List<String> damages = new ArrayList<>();
    final List<String> noticed = new ArrayList<>();
    final List<String> torn = new ArrayList<>();
    final List<String> checkpoints = new ArrayList<>();
    final List<String> unused = new ArrayList<>();
    final List<String> segments = new ArrayList<>();

    record Frame(Path file, int offset, int length) {
    }

    private final Path directory;
    private long base;

    private Frames(Path directory) {
        this.directory = directory;
    }

    static Frames of(Disk disk, Path directory) throws IOException {
        Frames found = new Frames(directory);
        new Scanner(disk, directory).scan(found);
        return found;
    }

    Frame last() {
        return frames.get(frames.size() - 1);
    }

    @Override
    public void checkpoint(String file, CheckpointReader checkpoint) {
        checkpoints.add(file);
    }

    @Override
    public void segment(String file, java.util.UUID store, int epoch, long first, int capacity) {
        base = first;
        segments.add(file);
    }

    @Override
    public void frame(long position, int bytes, int epoch, int records) {
        frames.add(new Frame(Layout.segment(directory, base), (int) (position - base), bytes));
    }

    @Override
    public void record(long position, byte type, ByteBuffer payload, boolean lastOfUnit) {
        texts.add(JournalTest.text(payload));
    }

    @Override
    public void unused(String file) {
        unused.add(file);
    }

    @Override
    public void torn(String file, long offset, String what) {
        torn.add(file + "@" + offset);
    }

    @Override
    public void noticed(String file, long offset, String what) {
        noticed.add(file + "@" + offset + " " + what);
    }

    @Override
    public void damaged(String file, long offset, String what) {
        damages.add(file + "@" + offset + " " + what);
    }
}
