package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users download, unpacked and used. */
class ArchiveIT {

    private static final String ARCHIVE = System.getProperty("delos.archive");

    @TempDir
    Path temp;

    private Path unpacked() {
        Shell.Result tar = Shell.run(temp, Map.of(), "tar", "xzf", ARCHIVE + ".tar.gz");
        assertThat(tar.exit()).as(tar.err()).isZero();
        return temp.resolve(Path.of(ARCHIVE).getFileName().toString().replaceFirst("-bin$", ""));
    }

    @Test
    void zipHoldsOneDirectoryWithoutForeignBrokers() throws IOException {
        try (ZipFile zip = new ZipFile(ARCHIVE + ".zip")) {
            List<String> names = zip.stream().map(entry -> entry.getName()).toList();
            String top = names.get(0).substring(0, names.get(0).indexOf('/') + 1);
            assertThat(names).allMatch(name -> name.startsWith(top));
            assertThat(names).contains(top + "bin/artemis", top + "etc/log4j2-utility.properties");
            assertThat(names.stream().map(name -> name.substring(name.lastIndexOf('/') + 1)).filter(name -> name.endsWith(".jar")))
                    .anyMatch(name -> name.startsWith("delos-server-")).anyMatch(name -> name.startsWith("delos-protocol-mqtt-"))
                    .anyMatch(name -> name.startsWith("delos-distribution-")).anyMatch(name -> name.startsWith("picocli-"))
                    .noneMatch(name -> name.startsWith("artemis-")).noneMatch(name -> name.contains("junit"));
        }
    }

    @Test
    void unpackedItMakesAnInstanceThatKnowsItsVersion() throws IOException {
        Path home = unpacked();
        assertThat(home.resolve("bin/artemis")).isExecutable();
        Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
        Shell.Result created = Shell.run(temp, java, home.resolve("bin/artemis").toString(), "create", "one", "--silent", "--user", "a",
                "--password", "b", "--require-login");
        assertThat(created.exit()).as(created.err()).isZero();
        assertThat(created.err()).isEmpty();
        Shell.Result version = Shell.run(temp, java, temp.resolve("one/bin/artemis").toString(), "version");
        assertThat(version.exit()).as(version.err()).isZero();
        assertThat(version.out().lines()).contains("Apache Artemis instance: " + temp.resolve("one").toRealPath())
                .anyMatch(line -> line.matches("Delos \\d.*"));
        assertThat(temp.resolve("one/log")).as("only the broker logs there").isEmptyDirectory();
    }
}
