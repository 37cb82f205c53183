package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.security.PasswordHash;
import io.delos.security.PasswordMask;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users of an instance whose broker is not running, and masked passwords. */
class UserCommandsTest {

    @TempDir
    Path temp;

    private Path instance;
    private Cli cli;

    @BeforeEach
    void create() throws IOException {
        instance = temp.resolve("instance");
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        Cli.atHome(temp).run("create", instance.toString(), "--silent", "--no-autotune", "--user", "admin", "--password", "secret",
                "--host", "127.0.0.1", "--default-port", String.valueOf(unused), "--no-amqp-acceptor", "--no-stomp-acceptor", "--no-mqtt-acceptor",
                "--no-hornetq-acceptor");
        cli = Cli.inInstance(temp, instance);
    }

    private String hashOf(String user) throws IOException {
        return Files.readString(instance.resolve("etc/artemis-users.properties")).replaceAll("(?s).*\n" + user + " = ENC\\(([^)]*)\\).*", "$1");
    }

    @Test
    void comeAndGo() throws IOException {
        assertThat(cli.run("user", "list")).isEqualTo(new Cli.Result(0, "--- \"user\"(roles) ---\n\n\"admin\"(amq)\n\n Total: 1\n", ""));
        assertThat(cli.run("user", "add", "--user-command-user", "bob", "--user-command-password", "pw", "--role", "amq, dev"))
                .isEqualTo(new Cli.Result(0, "bob added successfully.\n", ""));
        assertThat(PasswordHash.verify(hashOf("bob"), "pw")).isTrue();
        assertThat(cli.run("user", "add", "--user-command-user", "bob", "--user-command-password", "pw", "--role", "amq"))
                .isEqualTo(new Cli.Result(0, "", "Failed to add user bob. Reason: AMQ229223: User bob already exists\n"));
        assertThat(cli.run("user", "list").out()).contains("\"bob\"(amq,dev)\n\n Total: 2\n");
        assertThat(cli.run("user", "list", "--user-command-user", "bob").out()).contains(" Total: 1\n").doesNotContain("admin");
        assertThat(cli.run("user", "reset", "--user-command-user", "bob", "--user-command-password", "new", "--role", "amq").out())
                .isEqualTo("bob updated successfully.\n");
        assertThat(PasswordHash.verify(hashOf("bob"), "new")).isTrue();
        assertThat(cli.run("user", "list").out()).contains("\"bob\"(amq)\n");
        assertThat(cli.run("user", "rm", "--user-command-user", "bob").out()).isEqualTo("bob removed successfully.\n");
        assertThat(cli.run("user", "rm", "--user-command-user", "bob"))
                .isEqualTo(new Cli.Result(0, "", "Failed to remove user bob. Reason: AMQ229224: User bob does not exist\n"));
        assertThat(Files.readString(instance.resolve("etc/artemis-users.properties"))).startsWith("# Users and their passwords");
    }

    @Test
    void canBeKeptInTheClear() throws IOException {
        cli.run("user", "add", "--user-command-user", "bob", "--user-command-password", "pw", "--role", "amq", "--plaintext");
        assertThat(Files.readString(instance.resolve("etc/artemis-users.properties"))).contains("\nbob = pw");
    }

    @Test
    void needTheirPasswordsWhenNobodyCanBeAsked() {
        assertThat(cli.run("user", "reset", "--user-command-user", "admin", "--silent").err())
                .startsWith("Must specify --user-command-password when using --silent option");
        assertThat(cli.run("user", "rm", "--silent").err()).startsWith("Must specify --user-command-user when using --silent option");
        Cli.Result asked = cli.answering("carl", "pw", "amq").run("user", "add");
        assertThat(asked.out()).endsWith("carl added successfully.\n");
    }

    @Test
    void masksAreReadBackByTheBroker() throws IOException {
        String masked = cli.run("mask", "péß word").out().replaceAll("result: (.*)\n", "$1");
        assertThat(PasswordMask.ofProcess().unmask(masked)).isEqualTo("péß word");
        String keyed = cli.run("mask", "secret", "--key", "mykey").out().replaceAll("result: (.*)\n", "$1");
        assertThat(PasswordMask.ofKey("mykey").unmask(keyed)).isEqualTo("secret");
        Path xml = instance.resolve("etc/broker.xml");
        Files.writeString(xml, Files.readString(xml).replace("<name>", "<password-codec>" + PasswordMask.DEFAULT_CODEC + ";key=mykey</password-codec><name>"));
        assertThat(cli.run("mask", "secret", "--password-codec").out()).isEqualTo("result: " + keyed + "\n");
    }
}
