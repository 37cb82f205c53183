package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an idle broker takes, and the archive of classes it starts with; figures come from the kernel's books on the process. */
@Timeout(180)
class StartIT {

    private static final int MOST_THREADS = 25;
    private static final long MOST_RESIDENT_KIB = 120 << 10;

    @TempDir
    static Path directory;
    private static BrokerProcess broker;

    @BeforeAll
    static void create() throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("instance"), "--no-autotune");
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(Distribution.home().resolve("cache"))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).findFirst().orElseThrow();
        }
    }

    private static boolean mapped(BrokerProcess broker, Path archive) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(broker.pid()), "maps")).contains(archive.toString());
    }

    private static long figure(BrokerProcess broker, String name) throws IOException {
        Optional<String> line = Files.readAllLines(Path.of("/proc", Long.toString(broker.pid()), "status")).stream()
                .filter(each -> each.startsWith(name + ":")).findFirst();
        return Long.parseLong(line.orElseThrow().replaceAll("\\D", ""));
    }

    @Test
    void anIdleBrokerIsSmallAndUsesTheArchiveThatCreateMade() throws IOException {
        broker.start();
        assertThat(mapped(broker, archive())).isTrue();
        assertThat(figure(broker, "Threads")).isLessThanOrEqualTo(MOST_THREADS);
        assertThat(figure(broker, "VmRSS")).isLessThan(MOST_RESIDENT_KIB);
        broker.stop();
    }

    @Test
    void aDamagedArchiveIsPassedOverWithoutAWord() throws IOException {
        // a home of its own, as others start from the usual one
        Path home = directory.resolve("home");
        copy(Distribution.home(), home);
        try (BrokerProcess other = BrokerProcess.create(home, directory.resolve("other"), "--no-autotune", "--no-class-archive")) {
            Path whole = archive();
            Path damaged = Files.copy(whole, Files.createDirectories(home.resolve("cache")).resolve(whole.getFileName()));
            assertThat(damaged.toFile().setWritable(true)).isTrue();
            try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[1 << 20]), channel.size() / 2);
            }
            other.start();
            assertThat(mapped(other, damaged)).isFalse();
            List<String> said = other.logLines();
            assertThat(said.get(0)).as("the banner comes first").startsWith("     _ ");
            other.stop();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String folder : List.of("bin", "etc", "lib")) {
            Path target = Files.createDirectories(to.resolve(folder));
            try (Stream<Path> files = Files.list(from.resolve(folder))) {
                for (Path file : files.toList()) {
                    Files.copy(file, target.resolve(file.getFileName()));
                    if (folder.equals("bin") && !target.resolve(file.getFileName()).toFile().setExecutable(true)) {
                        throw new IOException("can't make executable: " + target);
                    }
                }
            }
        }
    }
}
