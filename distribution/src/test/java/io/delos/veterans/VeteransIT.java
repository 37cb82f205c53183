package io.delos.veterans;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications that nobody has touched for years go on with the client library that they came with. */
@Timeout(120)
class VeteransIT {
    @TempDir
    private static Path directory;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("broker"), "--no-autotune");
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** The client libraries that the build laid down. */
    static List<Path> clients() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("delos.clients", "target/clients")))) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void goOn(Path library) throws Exception {
        URL own = Application.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        // It stays open: threads of the client may still be ending, and need classes for that, when the next test runs.
        URLClassLoader alone = new URLClassLoader(new URL[] {library.toUri().toURL(), own}, ClassLoader.getPlatformClassLoader());
        try {
            Thread.currentThread().setContextClassLoader(alone);
            alone.loadClass(Application.class.getName()).getMethod("run", String.class, String.class, String.class)
                    .invoke(null, "tcp://127.0.0.1:" + broker.port() + "?callTimeout=15000", BrokerProcess.USER, BrokerProcess.PASSWORD);
        } catch (InvocationTargetException failure) {
            throw failure.getCause() instanceof Exception exception ? exception : failure;
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }
}
