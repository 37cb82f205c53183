package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtemisTest {

    private static final String USAGE = """

            Usage: artemis help [<args>...]
            use 'help <command>' for more information
                  [<args>...]
            """;

    @TempDir
    Path temp;

    private Cli home() {
        return Cli.atHome(temp);
    }

    private Cli instance() {
        return Cli.inInstance(temp, temp.resolve("i"));
    }

    @Test
    void showsItsCommandsWhenThereIsNothingToDo() {
        assertThat(home().run().exit()).isZero();
        assertThat(home().run().out()).contains("create", "upgrade", "producer").doesNotContain("  run ");
        assertThat(instance().run().out()).contains("run ", "stop ", "user ").doesNotContain("  create ");
        assertThat(home().run("help").out()).isEqualTo(home().run().out());
    }

    @Test
    void showsAGroupsCommands() {
        Cli.Result queue = home().run("queue");
        assertThat(queue.exit()).isZero();
        assertThat(queue.out()).contains("create", "purge", "stat");
        assertThat(home().run("help", "queue").out()).isEqualTo(queue.out());
        assertThat(home().run("help", "queue", "stat").out()).contains("--maxRows");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(home().run("x")).isEqualTo(new Cli.Result(1, "", "Unmatched argument at index 0: 'x'\n" + USAGE));
        assertThat(home().run("version", "--x")).isEqualTo(new Cli.Result(1, "", "Unknown option: '--x'\n" + USAGE));
        assertThat(home().run("help", "queue", "x")).isEqualTo(new Cli.Result(1, "", "Unmatched argument at index 1: 'x'\n" + USAGE));
        assertThat(home().run("producer", "--protocol", "SMOKE").err()).contains("'SMOKE' is not one of CORE, AMQP");
    }

    @Test
    void tellsItsVersion() {
        Cli.Result version = instance().run("version");
        assertThat(version.exit()).isZero();
        assertThat(version.out().lines()).startsWith("Apache Artemis 2.56.0", "Apache Artemis home: " + temp,
                "Apache Artemis instance: " + temp.resolve("i")).hasSize(4);
        assertThat(home().run("version").out()).contains("Apache Artemis instance: null\n");
    }

    @Test
    void tellsItsDirectories() {
        assertThat(instance().run("pwd").out().lines()).startsWith("*".repeat(127), "* Artemis instance:: " + temp.resolve("i"), "* Home:: " + temp,
                "* etc:: " + temp.resolve("i/etc")).endsWith("*".repeat(127));
    }

    @Test
    void masksPasswords() {
        assertThat(home().run("mask", "secret").out()).isEqualTo("result: -41e444c3ed07d6dd\n");
        assertThat(home().run("mask", "secret", "--key", "other").out()).startsWith("result: ").doesNotContain("41e444c3ed07d6dd");
        assertThat(home().run("mask", "secret", "--hash").out()).matches("result: 1024:[0-9A-F]{64}:[0-9A-F]{128}\n");
    }

    @Test
    void hidesPasswordsFromVerboseOutput() {
        assertThat(home().run("mask", "secret", "--verbose").out()).startsWith("Executing ").contains("Home::" + temp + ", Instance::null");
        Cli.Result result = home().run("producer", "--verbose", "--password", "hush", "--url", "tcp://127.0.0.1:1", "--message-count", "0");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).contains("--password ****").doesNotContain("hush");
    }

    @Test
    void writesACompletionScript() {
        assertThat(home().run("completion", "--start-script", "artemis").out()).startsWith("#!/usr/bin/env bash").contains("queue");
    }

    @Test
    void failsWithOneLineWhenNobodyListens() {
        for (String protocol : new String[] {"core", "AMQP"}) {
            Cli.Result result = home().run("queue", "stat", "--url", "tcp://127.0.0.1:1", "--protocol", protocol);
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.out()).isEqualTo("Connection brokerURL = tcp://127.0.0.1:1\n");
            assertThat(result.err()).startsWith("Connection failed::").endsWith(USAGE);
        }
    }

    @Test
    void asksAgainWhenAConnectionIsRefused() {
        Cli.Result result = home().answering("tcp://127.0.0.1:2", "u", "p").run("browser", "--url", "tcp://127.0.0.1:1");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).contains("Connection brokerURL = tcp://127.0.0.1:1\n", "Connection brokerURL = tcp://127.0.0.1:2\n");
    }

    @Test
    void refusesStatsOfUnknownFields() {
        Cli.Result result = home().run("queue", "stat", "--field", "SIZE", "--operation", "EQUALS", "--value", "1");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).startsWith("'--field' must be set to one of the following [NAME, ADDRESS, CONSUMER_COUNT,");
    }

    @Test
    void refusesChecksThatMakeNoSense() {
        Cli.Result result = home().run("check", "node", "--diskUsage", "0");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).startsWith("NodeCheck failed. Reason: java.lang.IllegalArgumentException: Invalid disk usage percentage: 0");
    }

    @Test
    void needsAQueuesName() {
        assertThat(home().run("queue", "create", "--silent").err()).startsWith("Must specify --name when using --silent option");
        assertThat(home().run("check", "queue", "--silent").err()).startsWith("Must specify --name when using --silent option");
        assertThat(home().run("transfer", "--source-queue", "a").err()).startsWith("Give either --target-queue or --target-topic");
    }
}
