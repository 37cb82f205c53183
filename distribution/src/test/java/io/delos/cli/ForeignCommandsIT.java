package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a real Artemis talk to Delos, and those of Delos to a real Artemis. Each side's shell runs them in one process. */
@Timeout(180)
class ForeignCommandsIT {

    private static final String PROMPT = "[^\\n]*@tcp://[^\\n]* > ";

    @TempDir
    Path directory;

    private static Path foreign() throws IOException {
        return Distribution.unpack(Path.of(System.getProperty("delos.foreign", "target/foreign/apache-artemis-2.56.0-bin.tar.gz")), Distribution.work());
    }

    /** What each of the commands printed, on both streams. */
    private Iterator<String> shell(String url, String user, String password, List<String> commands) throws Exception {
        Process shell = new ProcessBuilder(foreign().resolve("bin/artemis").toString(), "shell", "--url", url, "--user", user, "--password", password)
                .directory(directory.toFile()).redirectErrorStream(true).start();
        try (OutputStream in = shell.getOutputStream()) {
            in.write((String.join("\n", commands) + "\nexit\n").getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;]*m", "");
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> parts = new ArrayList<>(Arrays.asList(out.split(PROMPT)));
        assertThat(parts).as(out).hasSize(commands.size() + 2);
        return parts.subList(1, commands.size() + 1).iterator();
    }

    @Test
    void commandsOfArtemisWorkAgainstDelos() throws Exception {
        try (RunningBroker delos = RunningBroker.start(directory)) {
            Iterator<String> out = shell(delos.url(), "admin", "secret", List.of(
                    "address create --name made --anycast --no-multicast",
                    "address show --name made",
                    "address update --name made --anycast --multicast",
                    "queue create --name made.queue --address made --anycast --durable --preserve-on-no-consumers --silent",
                    "queue create --name made.queue --address made --anycast --durable --preserve-on-no-consumers --silent",
                    "queue update --name made.queue --address made --anycast --max-consumers 7 --silent",
                    "address show --name made --bindings",
                    "producer --destination queue://made::made.queue --message-count 5 --message hello",
                    "producer --destination queue://other --message-count 3 --message-size 2000 --non-persistent",
                    "browser --destination queue://made::made.queue",
                    "queue stat --queueName made --json",
                    "queue stat",
                    "consumer --destination queue://other --message-count 3 --receive-timeout 5000 --break-on-null",
                    "transfer --source-url " + delos.url() + " --source-user admin --source-password secret --source-queue made.queue --target-url "
                            + delos.url() + " --target-user admin --target-password secret --target-queue other --message-count 2 --receive-timeout 2000",
                    "check queue --name other --browse 2 --consume 1 --produce 1",
                    "check node --up --diskUsage 99 --memoryUsage 99",
                    "queue purge --name made.queue",
                    "queue purge --name nope",
                    "queue stat --field NAME --operation EQUALS --value made.queue --json",
                    "queue delete --name made.queue",
                    "queue delete --name made.queue",
                    "address delete --name made",
                    "address delete --name nope",
                    "address show",
                    "perf client --duration 1 --rate 200 --message-size 100 queue://perf",
                    "queue stat --field NAME --operation EQUALS --value perf --json",
                    "transfer --source-url " + delos.url() + " --source-user admin --source-password secret --source-topic news --target-url "
                            + delos.url() + " --target-user admin --target-password secret --target-queue other --shared-subscription readers"
                            + " --message-count 2 --receive-timeout 300",
                    "transfer --source-url " + delos.url() + " --source-user admin --source-password secret --source-topic news --target-url "
                            + delos.url() + " --target-user admin --target-password secret --target-queue other --shared-durable-subscription kept"
                            + " --message-count 2 --receive-timeout 300",
                    "producer --destination topic://news --message-count 2",
                    "transfer --source-url " + delos.url() + " --source-user admin --source-password secret --source-topic news --target-url "
                            + delos.url() + " --target-user admin --target-password secret --target-queue other --shared-durable-subscription kept"
                            + " --message-count 2 --receive-timeout 3000"));
            assertThat(out.next()).contains("Address [name=made, routingTypes={ANYCAST}, autoCreated=false] created successfully.");
            assertThat(out.next()).contains("Address [name=made, routingTypes={ANYCAST}, autoCreated=false]");
            assertThat(out.next()).contains("Address [name=made, routingTypes={MULTICAST,ANYCAST}, autoCreated=false] updated successfully.");
            assertThat(out.next()).contains("Queue [name=made.queue, address=made, routingType=ANYCAST, durable=true", "created successfully.");
            assertThat(out.next()).contains("Reason: AMQ229019: Queue made.queue already exists on address made");
            assertThat(out.next()).contains("maxConsumers=7", "updated successfully.");
            assertThat(out.next()).contains("LocalQueueBinding [address=made, queue=QueueImpl[name=made.queue");
            assertThat(out.next()).contains("Produced: 5 messages");
            assertThat(out.next()).contains("Produced: 3 messages");
            assertThat(out.next()).contains("browsing hello", "browsed: 5 messages");
            assertThat(out.next()).contains("\"name\":\"made.queue\"", "\"messageCount\":\"5\"", "\"maxConsumers\":\"7\"");
            assertThat(out.next()).contains("|made.queue", "|DLQ");
            assertThat(out.next()).contains("Consumed: 3 messages");
            assertThat(out.next()).contains("Transferred a total of 2 messages");
            assertThat(out.next()).contains("Checks run: 3, Failures: 0, Errors: 0");
            assertThat(out.next()).contains("Failures: 0, Errors: 0");
            assertThat(out.next()).contains("Queue made.queue purged successfully.");
            assertThat(out.next()).contains("Failed to purge queue nope. Reason: AMQ229067: Cannot find resource with name queue.nope");
            assertThat(out.next()).contains("\"messageCount\":\"0\"", "\"count\":1");
            assertThat(out.next()).contains("Queue made.queue deleted successfully.");
            assertThat(out.next()).contains("Reason: AMQ229017: Queue made.queue does not exist");
            assertThat(out.next()).contains("Address made deleted successfully.");
            assertThat(out.next()).contains("Reason: AMQ229203: Address Does Not Exist: nope");
            assertThat(out.next()).contains("DLQ", "other").doesNotContain("made");
            out.next();
            assertThat(out.next()).contains("\"messageCount\":\"0\"").doesNotContain("\"messagesAdded\":\"0\"");
            assertThat(out.next()).contains("Transferred a total of 0 messages");
            assertThat(out.next()).contains("Transferred a total of 0 messages");
            out.next();
            assertThat(out.next()).contains("Transferred a total of 2 messages");
            assertThat(delos.run("lock list").out()).contains(">> Lock list results for " + delos.instance(), "No Lock Coordinators configured");
            Cli.Result stopped = delos.run("lock stop", "nope");
            assertThat(stopped.exit()).isEqualTo(1);
            assertThat(stopped.err()).contains("Failed No lock coordinator found with name: nope");
            Cli.Result sequences = delos.cli().run("activation", "list");
            assertThat(sequences.exit()).isEqualTo(1);
            assertThat(sequences.err()).contains("This command support just <primary> or <backup> replication configuration");
        }
    }

    @Test
    void commandsOfDelosWorkAgainstArtemis() throws Exception {
        try (BrokerProcess artemis = BrokerProcess.create(foreign(), directory.resolve("artemis"), "--no-autotune", "--nio")) {
            artemis.start();
            String[] access = {"--url", "tcp://localhost:" + artemis.port(), "--user", BrokerProcess.USER, "--password", BrokerProcess.PASSWORD};
            Path report = directory.resolve("perf.json");
            assertThat(ask(access, "address create --name made --anycast --no-multicast --silent")).contains("created successfully.");
            assertThat(ask(access, "queue create --name made.queue --address made --anycast --durable --preserve-on-no-consumers --silent"))
                    .contains("Queue [name=made.queue", "created successfully.");
            assertThat(ask(access, "producer --destination queue://made::made.queue --message-count 5")).contains("Produced: 5 messages");
            assertThat(ask(access, "browser --destination queue://made::made.queue")).contains("browsed: 5 messages");
            assertThat(ask(access, "queue stat --queueName made --json")).contains("\"messageCount\":\"5\"");
            assertThat(ask(access, "check queue --name made.queue --browse 5")).contains("Failures: 0, Errors: 0");
            assertThat(ask(access, "check node --up --diskUsage 99 --memoryUsage 99")).contains("Failures: 0, Errors: 0");
            assertThat(ask(access, "consumer --destination queue://made::made.queue --message-count 2")).contains("Consumed: 2 messages");
            assertThat(ask(access, "transfer --source-queue made.queue --target-queue other --receive-timeout 1000")).contains("Transferred a total of 3 messages");
            assertThat(ask(access, "transfer --source-topic news --target-queue other --shared-subscription re.aders --receive-timeout 300"))
                    .contains("Transferred a total of 0 messages");
            assertThat(ask(access, "transfer --source-topic news --target-queue other --shared-durable-subscription ke.pt --receive-timeout 300"))
                    .contains("Transferred a total of 0 messages");
            assertThat(ask(access, "producer --destination topic://news --message-count 2")).contains("Produced: 2 messages");
            assertThat(ask(access, "queue stat --queueName pt --json")).contains("\"name\":\"ke\\\\.pt\"", "\"messageCount\":\"2\"");
            assertThat(ask(access, "queue stat --queueName nonDurable --json")).contains("\"count\":0");
            assertThat(ask(access, "perf client --message-count 100 --show-latency --json " + report + " queue://perf"))
                    .contains("--- result:              success", "--- total sent:", "100");
            assertThat(report).content().contains("\"totalReceived\":100");
            assertThat(ask(access, "perf client --protocol AMQP --message-count 20 queue://perf")).contains("success");
            assertThat(ask(access, "queue purge --name other")).contains("purged successfully");
            assertThat(ask(access, "queue delete --name made.queue")).contains("deleted successfully");
            assertThat(ask(access, "address delete --name made")).contains("deleted successfully");
        }
    }

    private String ask(String[] access, String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(access));
        Cli.Result result = Cli.atHome(directory).run(words.toArray(String[]::new));
        assertThat(result.exit()).as("%s%n%s%s", command, result.out(), result.err()).isZero();
        return result.out();
    }
}
