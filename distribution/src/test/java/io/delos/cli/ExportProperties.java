package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is exported is imported as it was, whatever it is. */
class ExportProperties {

    @Property(tries = 300)
    void messagesComeBackAsTheyWere(@ForAll("messages") List<ExportedMessage> messages) throws Exception {
        assertThat(copies(messages)).isEqualTo(messages.stream().map(ExportProperties::shown).toList());
    }

    @Property(tries = 100)
    void sortingChangesNothingButTheOrder(@ForAll("messages") List<ExportedMessage> messages) throws Exception {
        List<String> sorted = new ArrayList<>();
        try (SortedMessages file = new SortedMessages()) {
            for (ExportedMessage message : messages) {
                file.add(message);
            }
            file.forEach(message -> sorted.add(shown(message)));
        }
        List<ExportedMessage> expected = new ArrayList<>(messages);
        expected.sort(java.util.Comparator.comparingLong(ExportedMessage::id));
        assertThat(sorted).isEqualTo(expected.stream().map(ExportProperties::shown).toList());
    }

    @Property(tries = 100)
    void bindingsComeBackAsTheyWere(@ForAll("names") String name, @ForAll("names") String address, @ForAll("names") String filter,
            @ForAll RoutingType type, @ForAll("enumSetOfTypes") EnumSetOfTypes types) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ExportWriter writer = new ExportWriter(bytes);
        writer.address(1, address, types.types());
        writer.queue(2, QueueConfig.of(name, address, type).with("filter", filter));
        writer.end();
        List<String> heard = new ArrayList<>();
        ExportReader.read(new ByteArrayInputStream(bytes.toByteArray()), new ExportReader.Visitor() {
            @Override
            public void address(String read, Set<RoutingType> routes) {
                heard.add(read + " " + routes);
            }

            @Override
            public void queue(String read, String at, String passes, RoutingType routes) {
                heard.add(read + "@" + at + " " + passes + " " + routes);
            }

            @Override
            public void legacyQueue(String read, String at, String passes) {
                throw new AssertionError(read);
            }

            @Override
            public void message(ExportedMessage message) {
                heard.add("a message");
            }
        });
        assertThat(heard).containsExactly(address + " " + types.types(), name + "@" + address + " " + filter + " " + type);
    }

    private static List<String> copies(List<ExportedMessage> messages) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ExportWriter writer = new ExportWriter(bytes);
        for (ExportedMessage message : messages) {
            writer.message(message);
        }
        writer.end();
        List<String> copies = new ArrayList<>();
        ExportReader.read(new ByteArrayInputStream(bytes.toByteArray()), new ExportReader.Visitor() {
            @Override
            public void address(String name, Set<RoutingType> types) {
                throw new AssertionError(name);
            }

            @Override
            public void queue(String name, String address, String filter, RoutingType type) {
                throw new AssertionError(name);
            }

            @Override
            public void legacyQueue(String read, String at, String passes) {
                throw new AssertionError(read);
            }

            @Override
            public void message(ExportedMessage message) {
                copies.add(shown(message));
            }
        });
        return copies;
    }

    /** All of it, types included. */
    private static String shown(ExportedMessage exported) {
        RawMessage message = exported.message();
        StringBuilder text = new StringBuilder();
        message.properties().forEach((name, value) -> text.append(chars(name)).append('=')
                .append(value == null ? "null" : value.getClass().getSimpleName()).append(' ')
                .append(value instanceof byte[] bytes ? java.util.Arrays.toString(bytes) : chars(String.valueOf(value))).append(';'));
        return exported.id() + " " + exported.queues() + " " + exported.address() + " " + message.kind() + " " + message.priority() + " "
                + message.expiration() + " " + message.timestamp() + " " + message.userId() + " " + message.large() + " " + text
                + java.util.Arrays.toString(message.body());
    }

    /** Lone surrogates must not look alike. */
    private static String chars(String text) {
        return java.util.Arrays.toString(text.toCharArray());
    }

    /** What an address routes. */
    record EnumSetOfTypes(Set<RoutingType> types) { }

    @Provide
    Arbitrary<EnumSetOfTypes> enumSetOfTypes() {
        return Arbitraries.of(RoutingType.class).set().map(types -> {
            Set<RoutingType> sorted = EnumSet.noneOf(RoutingType.class);
            sorted.addAll(types);
            return new EnumSetOfTypes(sorted);
        });
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().ofMinLength(1).ofMaxLength(12).filter(Characters::fit);
    }

    @Provide
    Arbitrary<List<ExportedMessage>> messages() {
        Arbitrary<Object> values = Arbitraries.<Object>oneOf(Arbitraries.strings().ofMaxLength(20).map(x -> x), Arbitraries.strings().withCharRange('\u0000', '~').ofMaxLength(9).map(x -> x),
                Arbitraries.just("_AMQ_NULL").map(x -> x), Arbitraries.of(true, false).map(x -> x), Arbitraries.bytes().map(x -> x),
                Arbitraries.shorts().map(x -> x), Arbitraries.integers().map(x -> x), Arbitraries.longs().map(x -> x),
                Arbitraries.floats().map(x -> x), Arbitraries.doubles().map(x -> x),
                Arbitraries.of(Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE).map(x -> x),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(30).map(x -> x));
        Arbitrary<Map<String, Object>> properties = Arbitraries.maps(Arbitraries.strings().ofMinLength(1).ofMaxLength(8), values.injectNull(0.1)).ofMaxSize(8);
        Arbitrary<byte[]> bodies = Arbitraries.bytes().array(byte[].class).ofMaxSize(4000);
        Arbitrary<RawMessage> raw = Combinators.combine(Arbitraries.of(RawMessage.Kind.class), Arbitraries.integers().between(0, 9),
                Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs().greaterOrEqual(0), Arbitraries.create(UUID::randomUUID).injectNull(0.3),
                properties, bodies, Arbitraries.of(true, false)).as((kind, priority, expiration, timestamp, id, all, body, large) -> {
                    RawMessage message = new RawMessage(kind, true, priority, expiration, timestamp, Optional.ofNullable(id), all, body);
                    return large ? message.asLarge(message.body().length) : message;
                });
        Arbitrary<ExportedMessage> exported = Combinators.combine(Arbitraries.longs(), raw, names().list().ofMinSize(1).ofMaxSize(3),
                names().optional()).as(ExportedMessage::new);
        return exported.list().ofMaxSize(4);
    }
}
