package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with the data of a broker that is not running: verify, print, compact, recover. */
class DataCommandsIT {

    private static final String QUEUE = "needle.in.the.haystack";

    @TempDir
    static Path temp;

    @Test
    void verifiesCompactsAndRecovers() throws Exception {
        Cli cli;
        Path journal;
        try (RunningBroker broker = RunningBroker.start(temp)) {
            cli = broker.cli();
            journal = broker.instance().resolve("data/journal");
            assertThat(broker.run("producer", "--destination", "queue://" + QUEUE, "--message-size", "20000", "--message-count", "300").exit()).isZero();
            assertThat(broker.run("consumer", "--destination", "queue://" + QUEUE, "--message-count", "250").exit()).isZero();
            Cli.Result busy = cli.run("data", "verify");
            assertThat(busy.exit()).isEqualTo(1);
            assertThat(busy.err()).contains("a broker is running on " + journal);
            assertThat(cli.run("data", "compact").exit()).isEqualTo(1);
            assertThat(cli.run("data", "recover", "--target", temp.resolve("new").toString()).exit()).isEqualTo(1);
        }
        Map<String, ByteBuffer> before = contents(journal);
        Cli.Result sound = cli.run("data", "verify");
        assertThat(sound.exit()).as(sound.out() + sound.err()).isZero();
        assertThat(sound.out()).startsWith("Verifying " + journal).contains("Queue " + QUEUE + " on " + QUEUE + ": 50 messages, ")
                .endsWith("Healthy: everything is what was written.\n").doesNotContain("DAMAGED");
        assertThat(Json.parse(cli.run("data", "verify", "--json").out()).get("healthy").asBoolean()).isTrue();
        Cli.Result printed = cli.run("data", "print", "--safe");
        assertThat(printed.exit()).isZero();
        assertThat(printed.out()).contains("Enqueued[address=" + QUEUE).doesNotContain("body=").contains(": 50 messages, ");
        assertThat(contents(journal)).as("only looked at").isEqualTo(before);

        Cli.Result compacted = cli.run("data", "compact");
        assertThat(compacted.out()).as(compacted.err()).startsWith("Compactation succeeded for " + journal);
        assertThat(cli.run("data", "verify").out()).contains(": 50 messages, ").endsWith("Healthy: everything is what was written.\n");

        String hit = damage(journal);
        before = contents(journal);
        Cli.Result damaged = cli.run("data", "verify");
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(damaged.out()).contains("DAMAGED  " + hit, "LOST     " + hit, ": 49 messages, ", "1 MORE ARE LOST", "NOT HEALTHY: ");
        assertThat(Json.parse(cli.run("data", "verify", "--json").out()).get("lost").asInt()).isEqualTo(1);

        Path target = temp.resolve("recovered");
        Cli.Result recovered = cli.run("data", "recover", "--target", target.toString());
        assertThat(recovered.exit()).as("a message is lost").isEqualTo(1);
        assertThat(recovered.out()).as(recovered.err()).contains("Queue " + QUEUE + ": 1 messages can't be read and are gone", ": 49 messages, ")
                .endsWith("Healthy: everything is what was written.\n");
        assertThat(contents(journal)).as("the old one stays").isEqualTo(before);
        assertThat(cli.run("data", "verify", "--journal", target.toString()).exit()).isZero();
        Cli.Result again = cli.run("data", "recovery", "--target", target.toString());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains(target + " is not an empty directory");
    }

    @Test
    void anExportSaysWhatIsInDoubt() throws Exception {
        Path place = Files.createDirectory(temp.resolve("doubt"));
        Cli cli;
        Xid xid = new Branch();
        try (RunningBroker broker = RunningBroker.start(place)) {
            cli = broker.cli();
            assertThat(broker.run("producer", "--destination", "queue://doubted", "--message-count", "3").exit()).isZero();
            try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(broker.url());
                    XAConnection connection = factory.createXAConnection("admin", "secret")) {
                connection.start();
                XASession session = connection.createXASession();
                session.getXAResource().start(xid, XAResource.TMNOFLAGS);
                session.createProducer(session.createQueue("doubted")).send(session.createTextMessage("in doubt"));
                assertThat(session.createConsumer(session.createQueue("doubted")).receive(10_000)).isNotNull();
                session.getXAResource().end(xid, XAResource.TMSUCCESS);
                assertThat(session.getXAResource().prepare(xid)).isEqualTo(XAResource.XA_OK);
            }
        }
        Cli.Result exported = cli.run("data", "exp");
        assertThat(exported.exit()).isEqualTo(1);
        assertThat(exported.err()).contains("is prepared and not decided: the 1 message(s) it would send are not in the export, and the 1 it would"
                + " consume are.");
        assertThat(exported.out().split("<message ", -1)).as("those there were").hasSize(4);
        assertThat(exported.out()).doesNotContain("in doubt");
        Cli.Result text = cli.run("data", "encode", "--directory", "x", "--file-size", "1");
        assertThat(text.exit()).isEqualTo(1);
        assertThat(text.err()).startsWith("This journal has no form as text.");
        assertThat(cli.run("data", "decode", "--input", "x").err()).startsWith("This journal has no form as text.");
    }

    private record Branch() implements Xid {
        @Override
        public int getFormatId() {
            return 1;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {1};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {2};
        }
    }

    /** Changes a byte of the last message; returns the file. */
    private static String damage(Path journal) throws IOException {
        byte[] needle = QUEUE.getBytes(StandardCharsets.UTF_8);
        for (String name : ((TreeMap<String, ByteBuffer>) contents(journal)).descendingKeySet()) {
            byte[] bytes = Files.readAllBytes(journal.resolve(name));
            for (int at = bytes.length - needle.length; (name.endsWith(".log") || name.endsWith(".sparse")) && at >= 0; at--) {
                if (java.util.Arrays.equals(bytes, at, at + needle.length, needle, 0, needle.length)) {
                    bytes[at + 5000] ^= 1;
                    Files.write(journal.resolve(name), bytes);
                    return name;
                }
            }
        }
        throw new AssertionError("no message in " + journal);
    }

    private static Map<String, ByteBuffer> contents(Path directory) throws IOException {
        Map<String, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            for (Path file : files) {
                contents.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
