package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AmqpReaderProperties {

    private final AmqpFormat format = new AmqpFormat();

    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> scalars = Arbitraries.oneOf(List.of(
                Arbitraries.integers().map(n -> (Object) n), Arbitraries.longs().map(n -> (Object) n),
                Arbitraries.shorts().map(n -> (Object) n), Arbitraries.bytes().map(n -> (Object) n),
                Arbitraries.doubles().map(n -> (Object) n), Arbitraries.floats().map(n -> (Object) n),
                Arbitraries.strings().ofMaxLength(300).filter(AmqpReaderProperties::wellFormed).map(s -> (Object) s),
                Arbitraries.of(true, false).map(b -> (Object) b)));
        Arbitrary<Object> flat = scalars.withoutEdgeCases();
        Arbitrary<Object> lists = flat.list().ofMaxSize(4).map(l -> (Object) l);
        Arbitrary<Object> nested = Arbitraries.oneOf(flat, lists);
        Arbitrary<Object> maps = Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(8), nested).ofMaxSize(3).map(m -> (Object) m);
        return Arbitraries.oneOf(flat, lists, maps, maps.list().ofMaxSize(2).map(l -> (Object) l)).withoutEdgeCases();
    }

    private static boolean wellFormed(String text) {
        return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenIsRead(@ForAll("values") Object value) {
        byte[] encoded = new AmqpWriter(8).value(value).toBytes();
        AmqpReader reader = new AmqpReader(encoded);
        assertThat(reader.endOfValue()).isEqualTo(encoded.length);
        assertThat(reader.value()).isEqualTo(value);
        assertThat(reader.hasRemaining()).isFalse();
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void noBytesDoAnythingWorseThanBeingRefused(@ForAll @Size(max = 200) byte[] bytes) {
        readEverything(bytes);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void noDamageToAMessageDoesAnythingWorseThanBeingRefused(@ForAll("messages") byte[] good, @ForAll @IntRange(max = 10_000) int at,
                                                             @ForAll byte octet) {
        byte[] damaged = good.clone();
        damaged[at % damaged.length] = octet;
        readEverything(damaged);
    }

    @Provide
    Arbitrary<byte[]> messages() {
        return Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6), values()).ofMaxSize(4).map(properties -> {
            AmqpWriter writer = new AmqpWriter(64);
            writer.descriptor(AmqpReader.HEADER);
            int list = writer.beginList();
            writer.bool(true).ubyte(3).uint(10).end(list, 3);
            writer.descriptor(AmqpReader.MESSAGE_ANNOTATIONS).value(Map.of("x-opt-delivery-time", 5L));
            writer.descriptor(AmqpReader.APPLICATION_PROPERTIES).value(properties);
            return writer.descriptor(AmqpReader.VALUE).value("body").toBytes();
        });
    }

    private void readEverything(byte[] bytes) {
        Message message = Message.of(MessageFormat.AMQP, bytes).address("a").build();
        attempt(() -> new Envelope(bytes));
        attempt(() -> format.read(message));
        attempt(() -> format.write(format.read(message)));
        attempt(() -> format.property(message, "x"));
        attempt(() -> format.property(message, "AMQUserID"));
        attempt(() -> format.annotate(message, Map.of("_AMQ_ORIG_QUEUE", "q"), 0));
        attempt(() -> WireForm.of(message, 2));
        attempt(() -> WireForm.of(message, 1));
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (MalformedMessageException refused) {
            assertThat(refused).hasMessageContaining("AMQP");
        }
    }
}
