package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateTest {

    @TempDir
    Path temp;

    private Cli cli() {
        return Cli.atHome(temp.resolve("home"));
    }

    private Path instance() {
        return temp.resolve("instance");
    }

    private Cli.Result create(String... more) {
        List<String> args = new ArrayList<>(List.of("create", instance().toString(), "--silent", "--no-autotune", "--user", "admin",
                "--password", "secret"));
        args.addAll(List.of(more));
        return cli().run(args.toArray(String[]::new));
    }

    private String etc(String name) throws IOException {
        return Files.readString(instance().resolve("etc").resolve(name));
    }

    private BrokerConfig config() {
        return BrokerXml.read(instance().resolve("etc/broker.xml")).config();
    }

    @Test
    void makesTheWholeInstanceAndTellsHowToStartIt() {
        Cli.Result result = create();
        assertThat(result.exit()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("""
                Creating Apache Artemis instance at: %1$s

                You can now start the broker by executing: \s

                   "%1$s/bin/artemis" run

                Or you can run the broker in the background using:

                   "%1$s/bin/artemis-service" start

                """.formatted(instance()));
        assertThat(instance().resolve("bin/artemis")).isExecutable();
        assertThat(instance().resolve("bin/artemis-service")).isExecutable();
        for (String name : List.of("broker.xml", "bootstrap.xml", "management.xml", "login.config", "artemis-users.properties",
                "artemis-roles.properties", "artemis.profile", "artemis-utility.profile", "log4j2.properties", "log4j2-utility.properties",
                "jolokia-access.xml")) {
            assertThat(instance().resolve("etc").resolve(name)).isNotEmptyFile();
        }
        for (String directory : List.of("data", "lib", "log", "tmp")) {
            assertThat(instance().resolve(directory)).isEmptyDirectory();
        }
    }

    @Test
    void writesABrokerXmlThatTheBrokerTakesWithoutAWarning() {
        create();
        BrokerXml.Result read = BrokerXml.read(instance().resolve("etc/broker.xml"));
        assertThat(read.warnings()).isEmpty();
        assertThat(read.config().name()).isEqualTo("0.0.0.0");
        assertThat(read.config().acceptors()).extracting(AcceptorConfig::name).containsExactly("artemis", "amqp", "stomp", "hornetq", "mqtt");
        assertThat(read.config().acceptors()).extracting(AcceptorConfig::port).containsExactly(61616, 5672, 61613, 5445, 1883);
        assertThat(read.config().acceptors().get(0).protocols()).containsExactlyInAnyOrder("CORE", "AMQP", "STOMP", "HORNETQ", "MQTT", "OPENWIRE");
        assertThat(read.config().addresses()).extracting(AddressConfig::name).containsExactly("DLQ", "ExpiryQueue");
        assertThat(read.config().storage().journalDirectory()).isEqualTo("data/journal");
    }

    @Test
    void measuresTheDiskUnlessToldNotTo() {
        Cli.Result result = cli().run("create", instance().toString(), "--silent", "--user", "a", "--password", "b");
        assertThat(result.out()).containsPattern("Auto tuning journal ...\ndone! Your system can make \\d+\\.\\d\\d writes per millisecond, "
                + "your journal-buffer-timeout will be \\d+\n");
    }

    @Test
    void keepsNoPasswordInTheClear() throws IOException {
        create("--clustered", "--host", "one", "--cluster-password", "clustersecret");
        try (var files = Files.walk(instance())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).as("%s", file).doesNotContain("=secret", "= secret", "clustersecret");
            }
        }
        assertThat(etc("artemis-users.properties")).containsPattern("(?m)^admin = ENC\\(1024:[0-9A-F]{64}:[0-9A-F]{128}\\)$");
        assertThat(etc("artemis-roles.properties")).containsPattern("(?m)^amq = admin$");
        assertThat(etc("broker.xml")).containsPattern("<cluster-password>ENC\\(-?[0-9a-f]+\\)</cluster-password>");
    }

    @Test
    void refusesToOverwriteUnlessForced() throws IOException {
        create();
        Files.writeString(instance().resolve("etc/broker.xml"), "mine");
        Cli.Result again = create();
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).startsWith("The file '" + instance() + "/etc/login.config' already exists.  Use --force to overwrite.\n\nUsage: ");
        assertThat(etc("broker.xml")).isEqualTo("mine");
        assertThat(create("--force").exit()).isZero();
        assertThat(etc("broker.xml")).contains("<configuration");
    }

    @Test
    void leavesOutAcceptorsAndMovesPorts() {
        create("--no-amqp-acceptor", "--no-stomp-acceptor", "--no-hornetq-acceptor", "--default-port", "7000", "--port-offset", "3", "--host", "h");
        assertThat(config().acceptors()).extracting(acceptor -> acceptor.name() + "@" + acceptor.hosts() + acceptor.port())
                .containsExactly("artemis@[h]7003", "mqtt@[h]1886");
        assertThat(config().name()).isEqualTo("h");
    }

    @Test
    void declaresQueuesAndAddresses() {
        assertThat(create("--queues", "a,b:multicast,<x&y>", "--addresses", "t,q:anycast").exit()).isZero();
        assertThat(config().addresses()).extracting(address -> address.name() + address.routingTypes() + address.queues().size())
                .containsExactly("DLQ[ANYCAST]1", "ExpiryQueue[ANYCAST]1", "a[ANYCAST]1", "b[MULTICAST]1", "<x&y>[ANYCAST]1", "t[MULTICAST]0",
                        "q[ANYCAST]0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--queues a:sometimes | --queues: 'a:sometimes' should read name, name:anycast or name:multicast",
        "--paging --blocking | --paging and --blocking exclude each other",
        "--autocreate --no-autocreate | --autocreate and --no-autocreate exclude each other",
        "--replicated --shared-store | --replicated and --shared-store exclude each other",
        "--backup | --backup needs --replicated or --shared-store",
        "--default-port 70000 | --default-port 70000 with --port-offset 0 leaves the range 1 to 65535",
        "--message-load-balancing SOMEHOW | --message-load-balancing: 'SOMEHOW' is none of OFF, STRICT, ON_DEMAND, OFF_WITH_REDISTRIBUTION",
        "--clustered | Must specify --cluster-password when using --silent option",
        "--encoding klingon | --encoding: 'klingon' is not a character set",
        "--global-max-size lots | The options make a broker.xml that the broker does not accept: ",
        "--no-such-option | Unknown option: '--no-such-option'",
    })
    void saysWhatIsWrongWithAnOption(String options, String message) {
        Cli.Result result = create(options.split(" "));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).startsWith(message).contains("Usage: artemis help [<args>...]");
    }

    @Test
    void needsUserAndPassword() {
        Cli.Result noUser = cli().run("create", instance().toString(), "--silent", "--password", "x");
        assertThat(noUser.exit()).isEqualTo(1);
        assertThat(noUser.err()).startsWith("Must specify --user when using --silent option\n\nUsage:");
        Cli.Result noPassword = cli().run("create", instance().toString(), "--silent", "--user", "x");
        assertThat(noPassword.err()).startsWith("Must specify --password when using --silent option");
        Cli.Result nobodyThere = cli().run("create", instance().toString());
        assertThat(nobodyThere.err()).startsWith("Must specify --user: there is no console to ask on");
        assertThat(instance()).doesNotExist();
    }

    @Test
    void asksForWhatIsMissing() throws IOException {
        Cli.Result result = cli().answering("eve", "one", "two", "three", "three", "N")
                .run("create", instance().toString(), "--no-autotune");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).contains("The two are not the same.");
        assertThat(etc("artemis-users.properties")).contains("\neve = ENC(");
        assertThat(etc("login.config")).doesNotContain("GuestLoginModule");
    }

    @Test
    void letsAnonymousClientsInOnlyWhenAskedTo() throws IOException {
        create("--require-login");
        assertThat(etc("login.config")).contains("PropertiesLoginModule required").doesNotContain("GuestLoginModule");
        create("--allow-anonymous", "--role", "boss", "--force");
        assertThat(etc("login.config")).contains("PropertiesLoginModule sufficient", "GuestLoginModule sufficient",
                "jaas.guest.user=\"admin\"", "jaas.guest.role=\"boss\"");
        create("--force");
        assertThat(etc("login.config")).contains("GuestLoginModule sufficient");
    }

    @Test
    void keepsStrangeNamesInOnePiece() throws IOException {
        create("--force", "--role", "a=b & \"c\"", "--name", "<n>");
        assertThat(config().name()).isEqualTo("<n>");
        assertThat(config().securitySettings().toString()).contains("a=b & \"c\"");
        assertThat(etc("artemis-roles.properties")).contains("a\\=b\\ &\\ \"c\" = admin");
    }

    @Test
    void putsDataWhereItIsWanted() throws IOException {
        Path data = temp.resolve("far away");
        create("--data", data.toString());
        assertThat(data).isDirectory();
        assertThat(instance().resolve("data")).doesNotExist();
        assertThat(config().storage().journalDirectory()).isEqualTo(data + "/journal");
        assertThat(etc("artemis.profile")).contains("ARTEMIS_DATA_DIR='" + data + "'");
    }

    @Test
    void putsConfigurationWhereItIsWanted() throws IOException {
        Path etc = temp.resolve("conf");
        create("--etc", etc.toString());
        assertThat(etc.resolve("broker.xml")).isNotEmptyFile();
        assertThat(Files.readString(instance().resolve("bin/artemis"))).contains("ARTEMIS_INSTANCE_ETC='" + etc + "'");
        assertThat(Files.readString(etc.resolve("bootstrap.xml"))).contains("configuration=\"file:" + etc + "//broker.xml\"");
    }

    @Test
    void configuresTheWebConsole() throws IOException {
        assertThat(create("--http-port", "9", "--force").err()).isEqualTo(
                "Note: this version has no web console; its options are written to bootstrap.xml all the same.\n");
        create("--http-host", "h", "--http-port", "1", "--port-offset", "2", "--ssl-key", "k", "--ssl-key-password", "p", "--use-client-auth",
                "--ssl-trust", "t", "--ssl-trust-password", "q", "--relax-jolokia", "--force");
        assertThat(etc("bootstrap.xml")).contains("uri=\"https://h:3\" keyStorePath=\"k\" keyStorePassword=\"p\" clientAuth=\"true\" "
                + "trustStorePath=\"t\" trustStorePassword=\"q\"");
        assertThat(etc("jolokia-access.xml")).contains("*://h*").doesNotContain("strict-checking");
        create("--no-web", "--force");
        assertThat(etc("bootstrap.xml")).doesNotContain("<web", "<!-- the web");
        assertThat(etc("jolokia-access.xml")).contains("*://localhost*", "<strict-checking/>");
    }

    @Test
    void writesMemoryAndQueuePolicies() {
        create("--blocking", "--no-autocreate", "--autodelete", "--global-max-size", "100M", "--global-max-messages", "5", "--no-fsync",
                "--disable-persistence");
        BrokerConfig config = config();
        assertThat(config.storage().persistence()).isFalse();
        assertThat(config.storage().journalDatasync()).isFalse();
        assertThat(config.memory().toString()).contains(String.valueOf(100L << 20));
        assertThat(config.addressSettings().resolve("any.address").limits().toString()).contains("BLOCK");
        assertThat(config.addressSettings().entries().get("#")).containsEntry("auto-create-queues", false).containsEntry("auto-delete-queues", true);
    }

    @Test
    void tellsWhichOptionsHaveNoEffect() throws IOException {
        Cli.Result result = create("--jdbc", "--aio", "--journal-retention", "7");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).contains("Note: --jdbc has no effect", "Note: --aio has no effect", "Note: --journal-retention has no effect");
        assertThat(etc("broker.xml")).contains("<journal-type>ASYNCIO</journal-type>", "<database-store>",
                "<journal-retention-directory period=\"7\" unit=\"DAYS\">data/retention</journal-retention-directory>");
    }

    @Test
    void writesTheClusterAndThePair() throws IOException {
        create("--shared-store", "--backup", "--failover-on-shutdown", "--host", "me", "--cluster-user", "cu", "--cluster-password", "cp",
                "--static-cluster", "tcp://a:1,tcp://b:2", "--max-hops", "2");
        assertThat(etc("broker.xml").replaceAll("\\s*\n\\s*", "")).contains(
                "<connector name=\"artemis\">tcp://me:61616</connector><connector name=\"node0\">tcp://a:1</connector><connector name=\"node1\">",
                "<cluster-user>cu</cluster-user>", "<max-hops>2</max-hops><static-connectors><connector-ref>node0</connector-ref>",
                "<ha-policy><shared-store><backup><failover-on-shutdown>true</failover-on-shutdown></backup></shared-store></ha-policy>")
                .doesNotContain("discovery-group");
        create("--replicated", "--cluster-password", "cp", "--force");
        assertThat(etc("broker.xml").replaceAll("\\s*\n\\s*", "")).contains("<broadcast-group name=\"bg-group1\">",
                "<replication><primary><vote-on-replication-failure>true</vote-on-replication-failure></primary></replication>");
    }

    @Test
    void writesProfilesThatTheShellReads() throws IOException {
        Path home = temp.resolve("it's a \"home\"");
        create("--home", home.toString(), "--java-options", "-Da=1", "--java-options", "-Db=\"2\" -Dc=3", "--java-memory", "3G", "--role", "o'hara");
        for (String script : List.of("etc/artemis.profile", "etc/artemis-utility.profile", "bin/artemis", "bin/artemis-service")) {
            assertThat(Shell.run(instance(), Map.of(), "sh", "-n", script)).as(script).isEqualTo(new Shell.Result(0, "", ""));
        }
        Shell.Result read = Shell.run(instance(), Map.of(), "sh", "-c",
                ". ./etc/artemis.profile; printf '%s\\n' \"$ARTEMIS_HOME\" \"$ARTEMIS_DATA_DIR\" \"$HAWTIO_ROLES\" \"$JAVA_ARGS\"");
        String[] lines = read.out().split("\n");
        assertThat(lines[0]).isEqualTo(home.toString());
        assertThat(lines[1]).isEqualTo(instance() + "/data");
        assertThat(lines[2]).isEqualTo("o'hara");
        assertThat(lines[3]).contains("-XX:NewSize=48M", "-Xmx3G ").endsWith(" -Da=1 -Db=\"2\" -Dc=3");
    }
}
