package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    Path directory;

    private JournalConfig config() {
        return JournalConfig.in(directory).withSegmentBytes(64 << 10);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    @Test
    void whatWasAppendedIsReadAndReplayed() throws IOException {
        TestUnit unit = new TestUnit(bytes("one"), bytes("two"));
        try (Journal journal = Journal.open(config(), Disk.real(), new Replayed())) {
            journal.append(unit);
            unit.await();
            assertThat(text(journal.read(unit.position(0), 3).payload())).isEqualTo("one");
            assertThat(text(journal.read(unit.position(1), 0).payload())).isEqualTo("two");
            assertThat(journal.durablePosition()).isGreaterThan(unit.position(1));
        }
        Replayed replayed = new Replayed();
        try (Journal journal = Journal.open(config(), Disk.real(), replayed)) {
            assertThat(replayed.texts()).containsExactly("one", "two");
            assertThat(text(journal.read(unit.position(0), 3).payload())).isEqualTo("one");
            journal.checkpoint(journal.durablePosition(), out -> {
                out.section("a").write(bytes("alpha"));
                out.section("b").write(bytes("beta"));
            });
        }
        Replayed again = new Replayed();
        try (Journal journal = Journal.open(config(), Disk.real(), again)) {
            assertThat(again.records).isEmpty();
            assertThat(again.sections).containsOnlyKeys("a", "b");
        }
    }
}
