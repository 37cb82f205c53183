package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.AmqpStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large messages that AMQP clients have sent leave a broker as an export, come into another one by an import, and are what they were. */
class LargeExportIT {

    private static final int BODY = 3 << 20;
    private static final String QUEUE = "large.amqp";

    @TempDir
    Path temp;

    private static Message letter(int number) {
        Message letter = Message.Factory.create();
        Header header = new Header();
        header.setDurable(true);
        header.setPriority(UnsignedByte.valueOf((byte) 7));
        letter.setHeader(header);
        Map<Symbol, Object> annotations = new LinkedHashMap<>();
        annotations.put(Symbol.valueOf("x-opt-color"), "red");
        annotations.put(Symbol.valueOf("x-opt-weight"), 12L);
        letter.setMessageAnnotations(new MessageAnnotations(annotations));
        Properties properties = new Properties();
        properties.setMessageId("message-" + number);
        properties.setUserId(new Binary("me".getBytes()));
        properties.setTo(QUEUE);
        properties.setSubject("about " + number);
        properties.setReplyTo("answers");
        properties.setCorrelationId(new UUID(5, number));
        properties.setContentType(Symbol.valueOf("application/octet-stream"));
        properties.setCreationTime(new Date(1_700_000_000_000L + number));
        properties.setGroupId("group");
        properties.setGroupSequence(UnsignedInteger.valueOf(number));
        properties.setReplyToGroupId("others");
        letter.setProperties(properties);
        Map<String, Object> more = new HashMap<>();
        more.put("text", "grün <&> ]]>");
        more.put("flag", true);
        more.put("byte", (byte) 3);
        more.put("short", (short) 4);
        more.put("int", number);
        more.put("long", Long.MIN_VALUE);
        more.put("float", 2.5f);
        more.put("double", Double.NEGATIVE_INFINITY);
        letter.setApplicationProperties(new ApplicationProperties(more));
        byte[] noise = new byte[BODY + number];
        new Random(number).nextBytes(noise);
        letter.setBody(new Data(new Binary(noise)));
        return letter;
    }

    private static byte[] encoded(Message message) {
        ByteBuffer bytes = ByteBuffer.allocate(BODY + 10_000);
        int length = message.encode(bytes.array(), 0, bytes.capacity());
        return java.util.Arrays.copyOf(bytes.array(), length);
    }

    private static AmqpStream connect(RunningBroker broker) throws IOException {
        return new AmqpStream(URI.create(broker.url()).getPort(), "admin", "secret", QUEUE);
    }

    private static long files(RunningBroker broker) throws IOException {
        try (Stream<Path> all = Files.list(broker.instance().resolve("data/large-messages"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void whatAmqpClientsSentIsTheSameBehindAnExportAndAnImport() throws Exception {
        Path export = temp.resolve("export.xml");
        try (RunningBroker from = RunningBroker.start(Files.createDirectory(temp.resolve("from")))) {
            try (AmqpStream client = connect(from)) {
                client.send(encoded(letter(1)));
                client.send(encoded(letter(2)));
            }
            assertThat(files(from)).as("their bodies lie in files").isEqualTo(2);
            from.close();
            Cli.Result exported = from.cli().run("data", "exp", "--output", export.toString());
            assertThat(exported.exit()).as(exported.err()).isZero();
        }
        try (RunningBroker to = RunningBroker.start(Files.createDirectory(temp.resolve("to")))) {
            Cli.Result imported = to.run("data imp", "--input", export.toString());
            assertThat(imported.exit()).as(imported.err()).isZero();
            assertThat(files(to)).as("their bodies lie in files").isEqualTo(2);
            try (AmqpStream client = connect(to)) {
                for (int number = 1; number <= 2; number++) {
                    Message found = Message.Factory.create();
                    byte[] bytes = client.receive();
                    found.decode(bytes, 0, bytes.length);
                    assertSame(found, letter(number));
                }
            }
        }
    }

    private static void assertSame(Message found, Message sent) {
        assertThat(found.getHeader().getDurable()).isTrue();
        assertThat(found.getHeader().getPriority()).isEqualTo(sent.getHeader().getPriority());
        assertThat(found.getMessageAnnotations().getValue()).containsAllEntriesOf(sent.getMessageAnnotations().getValue());
        assertThat(found.getProperties()).usingRecursiveComparison().isEqualTo(sent.getProperties());
        assertThat(found.getApplicationProperties().getValue()).isEqualTo(sent.getApplicationProperties().getValue());
        assertThat(((Data) found.getBody()).getValue()).isEqualTo(((Data) sent.getBody()).getValue());
    }
}
