package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.WildcardSyntax;
import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.spi.ProtocolProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.qpid.proton.Proton;

/** Whatever one dialect stores, each other can show: nothing in a message makes a translation fail, or a client that reads what comes of it. */
class TranslationProperties {

    private static final List<MessageFormat> ALL = ServiceLoader.load(ProtocolProvider.class).stream()
            .map(provider -> provider.get().format(WildcardSyntax.DEFAULT)).toList();
    private static final List<String> BEGINNINGS = List.of("", "", "JMS", "JMSX", "_AMQ_", "__HDR_", "mqtt.", "mqtt.ordered.user.property.0.",
            "JMS_AMQP_MA_", "JMS_AMQP_ENCODED_MA_", "JMS_AMQP_FT_", "JMS_AMQP_ENCODED_FT_", "JMS_AMQP_MA_x-opt-");
    private static final List<String> NAMES = List.of("mqtt.user.property.exists", "mqtt.qos.level", "mqtt.correlation.data", "mqtt.response.topic",
            "JMS_AMQP_ORIGINAL_ENCODING", "JMS_AMQP_ContentType", "JMS_AMQP_ContentEncoding", "JMS_AMQP_FirstAcquirer", "NATIVE_MESSAGE_ID",
            "_AMQ_GROUP_SEQUENCE", "_AMQ_LARGE_COMPRESSED", "_AMQ_INGRESS_TIMESTAMP", "JMSReplyTo", "JMSCorrelationID", "destination", "persistent",
            "content-length", "message-id", "_AMQ_VALIDATED_USER", "_AMQ_ROUTING_TYPE", "_AMQ_SCHED_DELIVERY", "_AMQ_CONTENT_TYPE", "JMSType",
            "__HDR_MESSAGE_ID", "__AMQ_CID");

    /** Messages that follow from a seed. */
    private record Maker(Random random) {

        private int upTo(int most) {
            return random.nextInt(most + 1);
        }

        String text() {
            int length = random.nextInt(50) == 0 ? 66_000 : upTo(12);
            StringBuilder text = new StringBuilder(length);
            for (int i = 0; i < length; i++) {
                int kind = random.nextInt(12);
                if (kind == 0) {
                    text.append((char) random.nextInt(0x10000));
                } else if (kind == 1) {
                    text.append("\0\n\r:/+#.\\*\u007f\ud834\udd1e".charAt(random.nextInt(13)));
                } else {
                    text.append((char) ('a' + random.nextInt(26)));
                }
            }
            return text.toString();
        }

        byte[] bytes() {
            byte[] bytes = new byte[upTo(20)];
            random.nextBytes(bytes);
            return bytes;
        }

        Object value(int depth) {
            return switch (random.nextInt(depth > 0 ? 14 : 12)) {
                case 0 -> null;
                case 1 -> random.nextBoolean();
                case 2 -> (byte) random.nextInt();
                case 3 -> (short) random.nextInt();
                case 4 -> random.nextInt();
                case 5 -> random.nextLong();
                case 6 -> random.nextBoolean() ? Float.NaN : random.nextFloat();
                case 7 -> random.nextBoolean() ? Double.NEGATIVE_INFINITY : random.nextDouble();
                case 8 -> (char) random.nextInt();
                case 9 -> bytes();
                case 12 -> mapping(depth - 1);
                case 13 -> sequence(depth - 1);
                default -> text();
            };
        }

        Map<String, Object> mapping(int depth) {
            Map<String, Object> entries = new LinkedHashMap<>();
            for (int i = upTo(4); i > 0; i--) {
                entries.put(text(), value(depth));
            }
            return entries;
        }

        List<Object> sequence(int depth) {
            List<Object> values = new ArrayList<>();
            for (int i = upTo(4); i > 0; i--) {
                values.add(value(depth));
            }
            return values;
        }

        private String name() {
            return random.nextInt(3) == 0 ? NAMES.get(random.nextInt(NAMES.size())) : BEGINNINGS.get(random.nextInt(BEGINNINGS.size())) + text();
        }

        private Content content() {
            return switch (random.nextInt(6)) {
                case 0 -> new Content.Empty();
                case 1 -> new Content.Text(text());
                case 2 -> new Content.Bytes(bytes());
                case 3 -> new Content.Mapping(mapping(2));
                case 4 -> new Content.Sequence(sequence(2));
                default -> new Content.Serialized(bytes());
            };
        }

        private String often(String text) {
            return random.nextBoolean() ? "" : text;
        }

        NeutralMessage message() {
            Message envelope = Message.of(MessageFormat.CORE, new byte[0]).address("a").routing((byte) (upTo(2) - 1)).durable(random.nextBoolean())
                    .priority(upTo(9)).expiration(random.nextBoolean() ? 0 : Long.MAX_VALUE >> upTo(40)).build();
            Destination.Kind[] kinds = Destination.Kind.values();
            NeutralMessage.Builder neutral = NeutralMessage.from(envelope).messageId(often("ID:" + text()))
                    .correlationId(random.nextBoolean() ? often((random.nextBoolean() ? "ID:AMQP_BINARY:" : "") + text()) : bytes())
                    .replyTo(random.nextBoolean() ? Destination.NONE : new Destination(text(), kinds[random.nextInt(kinds.length)]))
                    .type(often(text())).group(often(text()), upTo(1) * random.nextInt()).contentType(often(text())).userId(often(text()));
            for (int i = upTo(6); i > 0; i--) {
                neutral.property(name(), value(0));
            }
            return neutral.content(content()).build();
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void whateverIsStoredCanBeShown(@ForAll long seed) {
        Formats formats = new Formats(ALL);
        NeutralMessage neutral = new Maker(new Random(seed)).message();
        for (MessageFormat from : ALL) {
            Message stored = stored(from, neutral);
            for (MessageFormat to : ALL) {
                byte[] shown = formats.translate(stored, to.id()).bytes();
                NeutralMessage again = to.read(Message.of(to.id(), shown).address("a").build());
                assertThat(again.header().address()).isEqualTo("a");
                if (to.id() == MessageFormat.AMQP) {
                    Proton.message().decode(shown, 0, shown.length);
                }
            }
        }
    }

    private static Message stored(MessageFormat from, NeutralMessage neutral) {
        NeutralMessage.Header header = neutral.header();
        return Message.of(from.id(), from.write(neutral)).address(header.address()).routing(header.routing()).durable(header.durable())
                .priority(header.priority()).expiration(header.expiration()).build();
    }

    /** The formats there are: a protocol more is tested without being named here. */
    @Property(tries = 1)
    void allFiveAreAsked() {
        byte[] ids = new byte[ALL.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = ALL.get(i).id();
        }
        Arrays.sort(ids);
        assertThat(ids).containsExactly(MessageFormat.CORE, MessageFormat.AMQP, MessageFormat.MQTT, MessageFormat.STOMP, MessageFormat.OPENWIRE);
    }
}
