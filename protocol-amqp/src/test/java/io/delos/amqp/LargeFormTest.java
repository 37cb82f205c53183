package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.message.Content;
import io.delos.message.Dropped;
import io.delos.message.LargeBody;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import java.util.Arrays;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How messages are cut in two, what becomes of the first half, and that both together are what was sent. */
class LargeFormTest {

    private static final AmqpFormat FORMAT = new AmqpFormat();

    private static byte[] encoded(Section body, String contentType, boolean footer) {
        org.apache.qpid.proton.message.Message message = org.apache.qpid.proton.message.Message.Factory.create();
        message.setDurable(true);
        message.setAddress("q");
        message.setMessageId("id-1");
        if (!contentType.isEmpty()) {
            message.setContentType(contentType);
        }
        message.setMessageAnnotations(new MessageAnnotations(Map.of(Symbol.valueOf("x-a"), "b")));
        message.setApplicationProperties(new ApplicationProperties(Map.of("color", "red")));
        message.setBody(body);
        if (footer) {
            message.setFooter(new Footer(Map.of(Symbol.valueOf("x-sum"), 17)));
        }
        return Encoded.of(message);
    }

    private static Data data(int length) {
        return new Data(new Binary(new byte[length]));
    }

    private static Message cut(byte[] sent) {
        int split = LargeForm.split(sent);
        return Message.of(MessageFormat.AMQP, Arrays.copyOf(sent, split)).address("q").durable(true)
                .body(new LargeBody(1, sent.length - split)).build();
    }

    private static void assertWhole(byte[] sent) {
        Message cut = cut(sent);
        byte[] body = Arrays.copyOfRange(sent, cut.bytes().length, sent.length);
        assertThat(FORMAT.whole(cut, body)).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 255, 256, 50_000})
    void oneDataSectionLiesInTheFileAsItIs(int length) {
        byte[] sent = encoded(data(length), "", false);
        Message cut = cut(sent);
        assertThat(cut.body().length()).isEqualTo(length);
        assertThat(FORMAT.bodyIsBytes(cut)).isTrue();
        assertThat(((Content.Bytes) FORMAT.read(cut).content()).bytes()).isEmpty();
        assertWhole(sent);
    }

    @Test
    void everythingElseLiesInTheFileAsItCame() {
        for (byte[] sent : new byte[][] {encoded(data(1000), "", true), encoded(data(1000), "text/plain", false),
            encoded(new AmqpValue("x".repeat(1000)), "", false), twice(encoded(data(1000), "", false), 1000)}) {
            assertThat(FORMAT.bodyIsBytes(cut(sent))).isFalse();
            assertWhole(sent);
        }
    }

    /** The same with its last section twice. */
    private static byte[] twice(byte[] sent, int content) {
        byte[] more = Arrays.copyOf(sent, sent.length + content + 8);
        System.arraycopy(sent, sent.length - content - 8, more, sent.length, content + 8);
        return more;
    }

    @Test
    void whatIsInFrontIsReadAsIfThereWereNoBody() {
        Message cut = cut(encoded(data(1000), "", false));
        assertThat(FORMAT.property(cut, "color")).isEqualTo("red");
        assertThat(FORMAT.property(cut, "m.x-a")).isEqualTo("b");
        assertThat(FORMAT.property(cut, "AMQSize")).isEqualTo(cut.encodedLength());
        assertThat(FORMAT.read(cut).properties()).containsEntry("color", "red");
        Envelope envelope = new Envelope(cut.bytes());
        assertThat(envelope.to()).isEqualTo("q");
    }

    @Test
    void whatBecomesOfTheFrontLeavesTheBodyWhereItIs() {
        byte[] sent = encoded(data(1000), "", false);
        Message cut = cut(sent);
        byte[] annotated = FORMAT.annotate(cut, Map.of("_AMQ_ORIG_ADDRESS", "before"), 0);
        Message dead = cut.toBuilder().encoded(MessageFormat.AMQP, annotated).build();
        assertThat(FORMAT.bodyIsBytes(dead)).isTrue();
        org.apache.qpid.proton.message.Message read = Encoded.decode(FORMAT.whole(dead, new byte[1000]));
        assertThat(((Data) read.getBody()).getValue().getLength()).isEqualTo(1000);
        assertThat(read.getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-ORIG-ADDRESS"), "before");
        Message noted = AmqpFormat.noted(cut, Map.of("JMS_AMQP_MA_x-opt-mine", 5));
        org.apache.qpid.proton.message.Message again = Encoded.decode(FORMAT.whole(noted, new byte[1000]));
        assertThat(((Data) again.getBody()).getValue().getLength()).isEqualTo(1000);
        assertThat(again.getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-mine"), 5);
        assertThat(again.getAddress()).isEqualTo(Encoded.decode(sent).getAddress());
    }

    @Test
    void aBodyOfAnotherDialectGetsAFrontOfOurs() {
        Message cut = cut(encoded(data(1000), "", true));
        byte[] front = FORMAT.writeHead(FORMAT.read(cut(encoded(data(1000), "", false))), 5000, new Dropped());
        Message made = cut.toBuilder().encoded(MessageFormat.AMQP, front).body(new LargeBody(1, 5000)).build();
        assertThat(FORMAT.bodyIsBytes(made)).isTrue();
        assertThat(((Data) Encoded.decode(FORMAT.whole(made, new byte[5000])).getBody()).getValue().getLength()).isEqualTo(5000);
    }

    @Test
    void aBeginningThatSaysTooLittleIsNotCut() {
        byte[] sent = encoded(data(1000), "", false);
        int split = LargeForm.split(sent);
        for (int length = 0; length < split; length++) {
            assertThat(LargeForm.split(Arrays.copyOf(sent, length))).as("%d bytes", length).isEqualTo(-1);
        }
        assertThat(LargeForm.split(Arrays.copyOf(sent, split + LargeForm.HEADER_ROOM))).isEqualTo(split);
        byte[] noise = new byte[500];
        Arrays.fill(noise, (byte) 0x17);
        assertThat(LargeForm.split(noise)).isEqualTo(-1);
    }
}
