package io.delos.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A disk that does not give back everything: what it does is copied, what it doesn't is told. */
class RescueCopyTest {

    private static final Path FROM = Path.of("/from");
    private static final Path TO = Path.of("/to");

    private final MemoryDisk old = new MemoryDisk();
    private final MemoryDisk fresh = new MemoryDisk();
    private final List<Finding> told = new ArrayList<>();

    private byte[] put(String name, int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        old.put(FROM.resolve(name), bytes);
        return bytes;
    }

    @Test
    void everythingThatMeansSomethingIsCopied() throws IOException {
        byte[] segment = put("0000000000000000.log", 700_001);
        byte[] run = put("backlog/q7-4.0000000000000000", 20);
        put("free.0000000000000001", 5000);
        put("ckpt.0000000000000001.tmp", 50);
        put("server.lock", 0);
        new RescueCopy(old, fresh, told::add).copy(FROM, TO);
        assertThat(told).isEmpty();
        assertThat(fresh.list(TO)).containsExactly("0000000000000000.log");
        assertThat(fresh.bytes(TO.resolve("0000000000000000.log"))).isEqualTo(segment);
        assertThat(fresh.bytes(TO.resolve("backlog/q7-4.0000000000000000"))).isEqualTo(run);
    }

    @Test
    void aFileThatCanNotBeReadBecomesZerosAndIsToldOnce() throws IOException {
        put("0000000000000000.log", 600_000);
        byte[] sound = put("0000000000100000.log", 4096);
        FaultDisk failing = new FaultDisk(old).failReads(file -> file.toString().endsWith("00000.log") && file.toString().contains("/0000000000000000"));
        new RescueCopy(failing, fresh, told::add).copy(FROM, TO);
        assertThat(told).containsExactly(new Finding(Finding.Kind.DAMAGE, "0000000000000000.log", 0, "the disk can't read 600000 bytes"));
        assertThat(fresh.bytes(TO.resolve("0000000000000000.log"))).isEqualTo(new byte[600_000]);
        assertThat(fresh.bytes(TO.resolve("0000000000100000.log"))).isEqualTo(sound);
    }

    @Test
    void aroundABadSectorEverythingIsCopied() throws IOException {
        byte[] bytes = put("0000000000000000.log", 600_000);
        new RescueCopy(badAt(300_000, 8000), fresh, told::add).copy(FROM, TO);
        byte[] copied = fresh.bytes(TO.resolve("0000000000000000.log"));
        int from = 300_000 / 4096 * 4096;
        int to = (308_000 + 4095) / 4096 * 4096;
        assertThat(told).containsExactly(new Finding(Finding.Kind.DAMAGE, "0000000000000000.log", from, "the disk can't read " + (to - from) + " bytes"));
        for (int i = 0; i < bytes.length; i++) {
            assertThat(copied[i]).isEqualTo(i >= from && i < to ? 0 : bytes[i]);
        }
    }

    /** The same disk, where a stretch of each file can't be read. */
    private Disk badAt(long offset, int length) {
        return (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
            Object result = method.invoke(old, arguments);
            return result instanceof DiskFile file ? new BadFile(file, offset, length) : result;
        });
    }

    private record BadFile(DiskFile file, long offset, int length) implements DiskFile {
        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return file.write(source, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (position < offset + length && position + target.remaining() > offset) {
                throw new IOException("Input/output error");
            }
            return file.read(target, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            file.force(metadata);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
