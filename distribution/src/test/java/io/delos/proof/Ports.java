package io.delos.proof;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Gives out ports for brokers. An offset that was given out belongs to this virtual machine until it ends: a broker that is stopped finds its
 * ports free when it starts again, though tests of other processes make brokers meanwhile.
 */
public final class Ports {
    /** Where the acceptor of all protocols listens, before the offset is added. */
    public static final int ARTEMIS = 61616;

    /** Where that of STOMP alone does. */
    public static final int STOMP = 61613;

    private static final int[] PORTS = {ARTEMIS, STOMP, 5672, 1883, 5445};
    private static final Path LOCKS = Path.of(System.getProperty("java.io.tmpdir"), "delos-test-ports");
    /** Held here, lest they be collected and so released. */
    private static final Map<Integer, FileLock> MINE = new HashMap<>();

    private Ports() { }

    /** An offset at which all the ports of an instance are free; all of them lie outside the range of ephemeral ports. */
    public static int freeOffset() throws IOException {
        Files.createDirectories(LOCKS);
        Random random = new Random();
        for (int attempt = 0; attempt < 1000; attempt++) {
            int offset = 10 * (10 + random.nextInt(380));
            if (take(offset)) {
                return offset;
            }
        }
        throw new IOException("no free ports found");
    }

    private static synchronized boolean take(int offset) throws IOException {
        // Opening a file that is locked here, and closing it again, would release the lock.
        if (MINE.containsKey(offset)) {
            return false;
        }
        FileChannel file = FileChannel.open(LOCKS.resolve(Integer.toString(offset)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock();
        if (lock == null || !IntStream.of(PORTS).allMatch(port -> isFree(port + offset))) {
            file.close();
            return false;
        }
        MINE.put(offset, lock);
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
