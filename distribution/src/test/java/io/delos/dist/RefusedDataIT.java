package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data that a real broker can't use: one line says what, where and what to do, and every byte stays as it was. */
@Timeout(120)
class RefusedDataIT {

    @TempDir
    static Path directory;
    private static BrokerProcess broker;
    private static Path journal;
    private static Map<String, ByteBuffer> sound;

    @BeforeAll
    static void create() throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("instance"), "--no-autotune");
        journal = broker.instance().resolve("data/journal");
        Path brokerXml = broker.instance().resolve("etc/broker.xml");
        Files.writeString(brokerXml, Files.readString(brokerXml).replaceFirst("<journal-file-size>[^<]*<", "<journal-file-size>1M<"));
        broker.start();
        broker.stop();
        sound = contents();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void restore() throws IOException {
        if (Files.isRegularFile(journal)) {
            Files.delete(journal);
        }
        empty();
        for (Map.Entry<String, ByteBuffer> file : sound.entrySet()) {
            Files.write(journal.resolve(file.getKey()), file.getValue().array());
        }
    }

    private static void empty() throws IOException {
        Files.createDirectories(journal);
        try (Stream<Path> all = Files.walk(journal)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(journal)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, ByteBuffer> contents() throws IOException {
        Map<String, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> all = Files.list(journal)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private static void refused(String... parts) throws Exception {
        Map<String, ByteBuffer> before = Files.isDirectory(journal) ? contents() : Map.of();
        Script.Result run = Script.run(broker.instance(), "run");
        assertThat(run.exit()).as(run.text()).isEqualTo(1);
        assertThat(run.lines("ERROR")).as(run.text()).singleElement().asString().contains("The broker cannot start: ").contains(parts);
        assertThat(run.text()).as("no stack trace").doesNotContain("\tat ");
        if (Files.isDirectory(journal)) {
            assertThat(contents()).as("every byte").isEqualTo(before);
        }
    }

    @Test
    void ofArtemisOrClassic() throws Exception {
        empty();
        Files.write(journal.resolve("activemq-data-1.amq"), new byte[100]);
        refused("has the data of an Artemis broker (activemq-data-1.amq)", "data exp", "data imp");
        empty();
        Files.write(journal.resolve("db-1.log"), new byte[100]);
        refused("has the data of an ActiveMQ Classic broker (db-1.log)");
        empty();
        Path bindings = Files.createDirectories(broker.instance().resolve("data/bindings"));
        Path file = Files.write(bindings.resolve("activemq-bindings-1.bindings"), new byte[100]);
        refused("the directory " + bindings + " has the data of an Artemis broker");
        Files.delete(file);
    }

    private static Path newestSegment() throws IOException {
        for (String name : ((TreeMap<String, ByteBuffer>) sound).descendingKeySet()) {
            if (name.endsWith(".log") && sound.get(name).getLong(0) == 0x44454C4F534C4F47L) {
                return journal.resolve(name);
            }
        }
        throw new AssertionError("no segment among " + sound.keySet());
    }

    @Test
    void ofANewerRelease() throws Exception {
        Path segment = newestSegment();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment)).putInt(8, 2);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, 68);
        Files.write(segment, bytes.putInt(68, (int) crc.getValue()).array());
        refused(segment.getFileName().toString(), "journal format 2 of a newer release; this one reads format 1");
    }

    @Test
    void withAFileMissing() throws Exception {
        Path segment = newestSegment();
        Files.delete(segment);
        refused(segment.getFileName() + " at offset 0: the segment is missing", "artemis data verify", "artemis data recover");
    }

    @Test
    void withADamagedHeader() throws Exception {
        Path segment = newestSegment();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[20] ^= 4;
        Files.write(segment, bytes);
        refused(segment.getFileName() + " at offset 0: the segment's header is damaged");
    }

    @Test
    void whereNoDirectoryCanBe() throws Exception {
        empty();
        Files.delete(journal);
        Files.writeString(journal, "a file");
        refused("the directory " + journal + " can't be used: ", "is not a directory");
    }

    @Test
    void thatMayNotBeTouched() throws Exception {
        Path segment = newestSegment();
        Files.setPosixFilePermissions(segment, PosixFilePermissions.fromString("---------"));
        if (Files.isReadable(segment)) {
            System.out.println("RefusedDataIT: permissions bind nobody here (the tests run as " + System.getProperty("user.name") + "), not tried");
            return;
        }
        Script.Result run = Script.run(broker.instance(), "run");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lines("ERROR")).singleElement().asString().contains(segment.toString(), "permission denied");
        Files.setPosixFilePermissions(segment, PosixFilePermissions.fromString("rw-------"));
        assertThat(contents()).isEqualTo(sound);
    }

    private static boolean mount(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    @Test
    void onADiskThatIsFullOrCanOnlyBeRead() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(mount("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString()), "may not mount");
        try {
            Script.Result full = Script.run(broker.instance(), "run", "--journal", disk.toString());
            assertThat(full.exit()).as(full.text()).isEqualTo(1);
            assertThat(full.lines("The broker cannot start: ")).as(full.text()).singleElement().asString()
                    .contains("No space left on device", "Free some space and start again");
            assertThat(mount("mount", "-o", "remount,ro", disk.toString())).isTrue();
            Script.Result readOnly = Script.run(broker.instance(), "run", "--journal", disk.toString());
            assertThat(readOnly.exit()).as(readOnly.text()).isEqualTo(1);
            assertThat(readOnly.lines("ERROR")).as(readOnly.text()).singleElement().asString()
                    .contains("The broker cannot start: the directory " + disk, "Read-only file system", "Mount it so that it can be written");
        } finally {
            mount("umount", disk.toString());
        }
    }

    @Test
    void thatIsSoundStarts() throws Exception {
        broker.start();
        broker.stop();
        assertThat(List.copyOf(contents().keySet())).isNotEmpty();
    }
}
