package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellCommandTest {

    @TempDir
    Path temp;

    @Test
    void runsCommandsUntilTheExit() {
        Cli.Result result = Cli.atHome(temp).answering("version", "", "nonsense", "mask \"secret\"", "shell", "exit", "pwd").run();
        assertThat(result.exit()).isZero();
        assertThat(result.out()).contains("Apache Artemis 2.56.0 > \n", "Apache Artemis home: " + temp, "result: -41e444c3ed07d6dd\n")
                .doesNotContain("* Home::");
        assertThat(result.err()).contains("Unmatched argument at index 0: 'nonsense'", "This is the shell.");
    }

    @Test
    void leavesAtTheEndOfTheInput() {
        assertThat(Cli.atHome(temp).answering("version").run("shell").exit()).isZero();
    }

    @Test
    void remembersWhereItIsConnected() {
        Cli.Result result = Cli.atHome(temp).answering("connect --url tcp://127.0.0.1:1 --user u", "queue stat --silent",
                "queue stat --silent --url=tcp://127.0.0.1:2", "disconnect", "connect --size 3").run("shell");
        assertThat(result.out()).contains("tcp://127.0.0.1:1 > \n", "Connection brokerURL = tcp://127.0.0.1:1\n", "Connection brokerURL = tcp://127.0.0.1:2\n")
                .endsWith("Apache Artemis 2.56.0 > \n");
        assertThat(result.err()).contains("connect knows ");
    }

    @Test
    void splitsLinesAsShellsDo() {
        assertThat(ShellCommand.words("  a 'b c'  \"d'e\" f\"g h\"i ''")).containsExactly("a", "b c", "d'e", "fg hi", "");
        assertThat(ShellCommand.words(" ")).isEmpty();
    }
}
