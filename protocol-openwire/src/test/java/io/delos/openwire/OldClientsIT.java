package io.delos.openwire;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ActiveMQ Classic's clients of the 5.x line, in a class loader of their own. */
class OldClientsIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer();

    @ParameterizedTest
    @ValueSource(strings = {"", "?wireFormat.tightEncodingEnabled=false&wireFormat.cacheEnabled=false", "?wireFormat.version=9"})
    void goOn(String parameters) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        // it stays open: threads of the client may still be ending
        ClassLoader alone = new URLClassLoader(libraries(), ClassLoader.getPlatformClassLoader());
        try {
            Thread.currentThread().setContextClassLoader(alone);
            alone.loadClass(OldClient.class.getName()).getMethod("run", String.class).invoke(null, "tcp://127.0.0.1:" + SERVER.port() + parameters);
        } catch (InvocationTargetException failure) {
            throw failure.getCause() instanceof Exception exception ? exception : failure;
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL[] libraries() throws IOException {
        List<URL> all = new ArrayList<>();
        all.add(OldClient.class.getProtectionDomain().getCodeSource().getLocation());
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("delos.clients", "target/clients")))) {
            for (Path file : files.toList()) {
                all.add(file.toUri().toURL());
            }
        }
        return all.toArray(new URL[0]);
    }
}
