package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bits of a small journal are flipped, one at a time, in every byte but those of long padding (with {@code -Dflip.all=true} every bit of every
 * byte): segments of several openings and recycled files, both checkpoints, sparse segments. What is flipped is told, with file and offset,
 * by the scanner and by the opening that reads it; no opening hands over a wrong record; and none is lost that another place still has.
 */
class BitFlipTest {
    private static final int SEGMENT = 16 << 10;
    /** Whether really every bit is flipped, also within messages; some minutes. */
    private static final boolean ALL = Boolean.getBoolean("flip.all");

    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(SEGMENT).withPooledSegments(1);
    private MemoryDisk disk = new MemoryDisk();
    private Map<Long, Integer> living;
    private Map<String, List<int[]>> meaningless;
    private String newest;
    private int tail;
    private int tailBytes;

    /** As a power failure leaves it: sparse segments, two checkpoints, then more. */
    @BeforeEach
    void write() throws IOException {
        Postbox box = new Postbox(config, disk).small(40).open();
        box.flow(60, 12);
        box.checkpoint();
        box.flow(10, 10);
        box.compact();
        box.close();
        box = new Postbox(config, disk).small(40).open();
        box.flow(10, 4);
        box.checkpoint();
        box.add(2);
        box.add(2);
        living = new TreeMap<>(box.living());
        MemoryDisk crashed = disk.copy();
        box.close();
        disk = crashed;
        disk.put(DIRECTORY.resolve("ckpt.0000000000123456.tmp"), new byte[100]);
        meaningless = meaningless();
    }

    /** Of each file, what may hold anything: files in reserve, and what lies behind the last frame of a segment. */
    private Map<String, List<int[]>> meaningless() throws IOException {
        Frames frames = Frames.of(disk, DIRECTORY);
        assertThat(frames.damages).isEmpty();
        assertThat(frames.noticed).isEmpty();
        assertThat(frames.torn).isEmpty();
        Map<String, List<int[]>> free = new TreeMap<>();
        Map<String, Integer> ends = new TreeMap<>();
        frames.frames.forEach(frame -> ends.put(frame.file().getFileName().toString(), (int) Layout.alignBlock(frame.offset() + frame.length())));
        ends.forEach((file, end) -> free.put(file, List.of(new int[] {end, SEGMENT})));
        free.put("ckpt.0000000000123456.tmp", List.of(new int[] {0, 100}));
        for (String unused : frames.unused) {
            int from = Layout.segmentBase(unused).isPresent() ? Layout.BLOCK : 0;
            free.put(unused, List.of(new int[] {from, SEGMENT}));
        }
        newest = frames.last().file().getFileName().toString();
        tail = frames.last().offset();
        tailBytes = frames.last().length();
        return free;
    }

    private boolean means(String file, int offset) {
        return meaningless.getOrDefault(file, List.of()).stream().noneMatch(range -> offset >= range[0] && offset < range[1]);
    }

    @Test
    void theDirectoryHasEverythingThatThereIs() {
        List<String> names = disk.list(DIRECTORY);
        assertThat(names).filteredOn(name -> name.endsWith(".sparse")).isNotEmpty();
        assertThat(names).filteredOn(name -> Layout.checkpointPosition(name).isPresent()).hasSize(2);
        assertThat(names).filteredOn(name -> name.endsWith(".log")).hasSizeGreaterThan(2);
        assertThat(meaningless.keySet()).as("with one in reserve").anyMatch(name -> name.startsWith("free") || !name.equals(newest));
    }

    private interface Flip {
        void at(String file, int offset) throws IOException;
    }

    /** Flips one bit in each byte that means something, or all bits, and of those that mean nothing one in a while. */
    private int flip(boolean openings, Flip then) throws IOException {
        int flips = 0;
        for (String name : disk.list(DIRECTORY).stream().sorted().toList()) {
            Path file = DIRECTORY.resolve(name);
            byte[] sound = disk.bytes(file);
            for (int bit = 0; bit < 8 * sound.length; bit++) {
                int offset = bit / 8;
                boolean means = means(name, offset);
                boolean log = name.endsWith(".log");
                boolean structure = offset < 80 || offset >= sound.length - 80 || log && offset % Layout.BLOCK < 64;
                if (zeros(sound, offset) && offset % 61 != 0 && !ALL) {
                    continue;
                }
                boolean chosen = bit % 8 == offset % 8 || ALL || !openings && structure && sound[offset] != 0;
                if (chosen && (means && (!openings || structure || !log || ALL) || offset % 251 == 0)) {
                    sound[offset] ^= (byte) (1 << bit % 8);
                    disk.put(file, sound);
                    then.at(name, offset);
                    sound[offset] ^= (byte) (1 << bit % 8);
                    flips++;
                }
            }
            disk.put(file, sound);
        }
        return flips;
    }

    /** Whether a byte is in the middle of nothing: of those, one in a while is enough. */
    private static boolean zeros(byte[] bytes, int offset) {
        for (int i = Math.max(0, offset - 4); i <= Math.min(bytes.length - 1, offset + 4); i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void theScannerTellsEach() throws IOException {
        int flips = flip(false, (file, offset) -> {
            Frames found = Frames.of(disk, DIRECTORY);
            List<String> told = new ArrayList<>(found.damages);
            told.addAll(found.noticed);
            told.addAll(found.torn);
            if (means(file, offset)) {
                assertThat(told).as("%s at %d", file, offset).isNotEmpty().allMatch(line -> near(line, file, offset));
            } else {
                assertThat(told).as("%s at %d", file, offset).isEmpty();
            }
        });
        assertThat(flips).isGreaterThan(5_000);
    }

    /** In that file, at that place or where the frame, record, page or block begins to which it belongs. */
    private static boolean near(String line, String file, long offset) {
        if (!line.startsWith(file + "@")) {
            return false;
        }
        long at = Long.parseLong(line.substring(file.length() + 1).split(" ")[0]);
        return at <= offset && offset - at < 4 * Layout.BLOCK;
    }

    @Test
    void noOpeningIsWrongAndNoneLosesWhatIsThere() throws IOException {
        int[] refused = new int[1];
        int flips = flip(true, (file, offset) -> refused[0] += opened(file, offset) ? 0 : 1);
        assertThat(refused[0]).isBetween(50, flips - 100);
    }

    private boolean opened(String file, int offset) throws IOException {
        MemoryDisk copy = disk.copy();
        Postbox box = new Postbox(config, copy);
        try {
            box.open();
        } catch (DamagedException e) {
            assertThat(contents(copy)).as("a refused opening changes nothing").isEqualTo(contents(disk));
            assertThat(near(e.file() + "@" + e.offset() + " ", file, offset)).as("%s at %d: %s", file, offset, e.getMessage()).isTrue();
            salvaged(file, offset);
            return false;
        }
        try {
            Map<Long, Integer> expected = new TreeMap<>(living);
            if (file.equals(newest) && offset >= tail && offset < tail + tailBytes) {
                assertThat(box.noticed).as("at %d", offset).singleElement().asString().startsWith(file + "@" + tail + " the last group");
                expected.keySet().removeIf(position -> position >= Layout.segmentBase(file).getAsLong() + tail);
            }
            assertThat(box.living()).as("%s at %d", file, offset).isEqualTo(expected);
            if (Layout.checkpointPosition(file).isPresent()) {
                assertThat(box.noticed).singleElement().asString().startsWith(file + "@");
            }
            readable(box, file, offset);
        } finally {
            box.close();
        }
        return true;
    }

    private static Map<String, ByteBuffer> contents(MemoryDisk of) throws IOException {
        Map<String, ByteBuffer> contents = new TreeMap<>();
        for (String name : of.list(DIRECTORY)) {
            contents.put(name, ByteBuffer.wrap(of.bytes(DIRECTORY.resolve(name))));
        }
        return contents;
    }

    /** Every living message is read as it was written, but one that was hit itself. */
    private static void readable(Postbox box, String file, int offset) throws IOException {
        for (Map.Entry<Long, Integer> each : box.living().entrySet()) {
            byte[] content = Postbox.content(each.getValue(), Postbox.size(each.getValue(), 40));
            try {
                assertThat(box.journal().read(each.getKey(), 700).payload().equals(ByteBuffer.wrap(content))).isTrue();
            } catch (DamagedException e) {
                assertThat(e.file()).isEqualTo(file);
                assertThat(offset - e.offset()).as("%s at %d", file, offset).isBetween(0L, 15L + content.length);
            }
        }
    }

    /** At most the unit that was hit is lost, and the one behind it, which nobody can tell from its end. */
    private void salvaged(String file, int offset) throws IOException {
        Postbox box = new Postbox(config.withSalvage(true), disk.copy()).open();
        try {
            Map<Long, Integer> lost = new TreeMap<>(living);
            lost.keySet().removeAll(box.living().keySet());
            boolean inHeader = file.endsWith(".sparse") || offset < Layout.BLOCK || offset % Layout.BLOCK < Layout.FRAME_HEADER;
            assertThat(lost.size()).as("%s at %d", file, offset).isLessThanOrEqualTo(inHeader ? 0 : 10);
            readable(box, file, offset);
        } finally {
            box.close();
        }
    }
}
