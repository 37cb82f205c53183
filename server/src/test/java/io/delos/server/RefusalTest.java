package io.delos.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.journal.DamagedException;
import io.delos.journal.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What operators are told: what, where, and what to do, in one line. */
class RefusalTest {

    private static final Path JOURNAL = Path.of("/data/journal");

    private static String line(Throwable failure) {
        String line = Refusal.of(failure, JOURNAL);
        assertThat(line.lines()).hasSize(1);
        return line;
    }

    @Test
    void eachSaysWhatToDo() {
        assertThat(line(new DamagedException("7.log", 4096, "a frame is damaged"))).startsWith("the journal in /data/journal is damaged: 7.log at "
                + "offset 4096: a frame is damaged. 'artemis data verify'").contains("artemis data recover");
        assertThat(line(new FormatException("7.log", "journal format 2 of a newer release; this one reads format 1")))
                .contains("/data/journal", "7.log: journal format 2", "Nothing in it was changed");
        assertThat(line(new AccessDeniedException("/data/journal/7.log"))).contains("/data/journal/7.log: permission denied", "must belong to");
        assertThat(line(new FileSystemException("/data/journal/server.lock", null, "Read-only file system")))
                .contains("/data/journal/server.lock: Read-only file system. Mount it");
        assertThat(line(new IOException("/data/journal/7.log can't be written at offset 0: No space left on device")))
                .endsWith("No space left on device. Free some space and start again; no message is harmed");
        assertThat(line(new IOException("/data/journal/7.log can't be read at offset 0: Input/output error")))
                .endsWith("The disk fails; no message counts as lost, start again when it works");
        assertThat(line(new IllegalStateException("a bug"))).isEqualTo("a bug");
    }

    @Test
    void theCauseIsFoundWhereverItIs() {
        DamagedException damage = new DamagedException("q7-4.0", 20, "entry 1 is damaged");
        assertThat(line(new IllegalStateException("the broker can't be put together: " + damage.getMessage(),
                new UncheckedIOException("the backlog of queue q can't be read: " + damage.getMessage(), damage))))
                .contains("the broker can't be put together: q7-4.0 at offset 20: entry 1 is damaged", "artemis data verify");
    }

    @Test
    void anotherBrokersDataAreTold() throws IOException {
        Path directory = java.nio.file.Files.createTempDirectory("foreign");
        try {
            assertThat(ForeignData.in(directory, directory.resolve("none"))).isEmpty();
            Path theirs = java.nio.file.Files.createFile(directory.resolve("activemq-data-12.amq"));
            assertThat(ForeignData.in(directory)).get().asString().contains(directory.toString(), "an Artemis broker (activemq-data-12.amq)");
            assertThat(ForeignData.in(directory.resolve("none"), directory)).isPresent();
            Path ours = java.nio.file.Files.createFile(directory.resolve("0000000000000000.log"));
            assertThat(ForeignData.in(directory)).as("both: it has run there before").isEmpty();
            java.nio.file.Files.delete(theirs);
            java.nio.file.Files.delete(ours);
        } finally {
            java.nio.file.Files.delete(directory);
        }
    }
}
