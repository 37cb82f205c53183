package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.stomp.Decoded.Seen;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class StompCodecProperties {

    @Provide
    Arbitrary<Map<String, String>> headers() {
        Arbitrary<String> name = Arbitraries.strings().withChars("ab:\\\n\ré-").ofMinLength(1).ofMaxLength(8);
        Arbitrary<String> value = Arbitraries.strings().withChars("ab:\\\n\ré €").ofMaxLength(20);
        return Arbitraries.maps(name, value).ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(0, 100_000).list().ofMaxSize(6);
    }

    /** What a 1.2 client says is what is understood, whatever it contains and however the network cuts it. */
    @Property(tries = 500)
    void whatIsWrittenIsRead(@ForAll("headers") Map<String, String> headers, @ForAll byte[] body, @ForAll("cuts") List<Integer> cuts) {
        FrameWriter frame = new FrameWriter().begin("SEND");
        headers.forEach((name, value) -> line(frame, name, value));
        line(frame, "content-length", Integer.toString(body.length));
        ByteBuf written = frame.end(UnpooledByteBufAllocator.DEFAULT, body, 0);
        byte[] bytes = ByteBufUtil.getBytes(written);
        written.release();
        try (Decoded decoder = new Decoded(Version.V1_2)) {
            int from = 0;
            for (int cut : cuts.stream().map(cut -> cut % (bytes.length + 1)).sorted().toList()) {
                decoder.feed(bytes, from, cut);
                from = cut;
            }
            decoder.feed(bytes, from, bytes.length);
            assertThat(decoder.seen()).containsExactly(new Seen("SEND",
                    headers.entrySet().stream().map(header -> header.getKey() + ":" + header.getValue()).toList(),
                    new String(body, StandardCharsets.UTF_8)));
        }
    }

    private static void line(FrameWriter frame, String name, String value) {
        byte[] bytes = (name + value).getBytes(StandardCharsets.UTF_8);
        int nameLength = name.getBytes(StandardCharsets.UTF_8).length;
        frame.header(bytes, 0, nameLength, nameLength, bytes.length - nameLength, Version.V1_2);
    }

    /** No bytes do harm: nothing is thrown, nothing leaks (the paranoid detector watches), and after nonsense there is silence. */
    @Property(tries = 1000)
    void anyBytesAreSurvived(@ForAll("stompish") String text, @ForAll("cuts") List<Integer> cuts, @ForAll Version version) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        List<Seen> whole;
        try (Decoded decoder = new Decoded(version)) {
            decoder.feed(bytes);
            whole = decoder.seen();
        }
        try (Decoded decoder = new Decoded(version)) {
            int from = 0;
            for (int cut : cuts.stream().map(cut -> cut % (bytes.length + 1)).sorted().toList()) {
                decoder.feed(bytes, from, cut);
                from = cut;
            }
            decoder.feed(bytes, from, bytes.length);
            assertThat(decoder.seen()).isEqualTo(whole);
        }
        long broken = whole.stream().filter(seen -> seen.command().startsWith("AMQ")).count();
        assertThat(broken).isLessThanOrEqualTo(1);
        assertThat(broken == 0 || whole.get(whole.size() - 1).command().startsWith("AMQ")).isTrue();
    }

    /** Whether bodies are gathered or passed on as they come, the same is understood. */
    @Property(tries = 1000)
    void bodiesThatArePassedOnAreTheSame(@ForAll("stompish") String text, @ForAll("cuts") List<Integer> cuts, @ForAll Version version) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        List<Seen> gathered;
        try (Decoded decoder = new Decoded(version)) {
            decoder.feed(bytes);
            gathered = decoder.seen();
        }
        try (Decoded decoder = new Decoded(version, 2)) {
            int from = 0;
            for (int cut : cuts.stream().map(cut -> cut % (bytes.length + 1)).sorted().toList()) {
                decoder.feed(bytes, from, cut);
                from = cut;
            }
            decoder.feed(bytes, from, bytes.length);
            assertThat(decoder.seen()).isEqualTo(gathered);
        }
    }

    @Provide
    Arbitrary<String> stompish() {
        Arbitrary<String> pieces = Arbitraries.of("SEND\n", "CONNECT\r\n", "ACK\n", "NACK\n", "destination:q\n", "content-length:3\n",
                "content-length:70000\n", "k:v\\c\n", "k:\\q\n", "\n", "\r\n", "\0", "abc", ":", "\\", "é", "content-length:x\n");
        return Arbitraries.oneOf(pieces, pieces, pieces, Arbitraries.strings().ofMaxLength(4).withCharRange('\0', '\u00FF'))
                .list().ofMaxSize(20).map(list -> String.join("", list));
    }

    @Property
    void numbersAreWrittenAsJavaDoes(@ForAll long number) {
        String written = new String(new FrameWriter().begin("X").header(Header.ID, number, number).copy(), StandardCharsets.US_ASCII);
        assertThat(written).isEqualTo("X\nid:" + number + "," + number + "\n");
    }

    /** A header of a client can't become two for another, whatever version either speaks. */
    @Property(tries = 500)
    void noHeaderForgesAnother(@ForAll("headers") Map<String, String> headers, @ForAll Version version) {
        FrameWriter out = new FrameWriter().begin("X");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            byte[] value = header.getValue().getBytes(StandardCharsets.UTF_8);
            out.header(Header.SELECTOR, value, 0, value.length, version);
        }
        String written = new String(out.copy(), StandardCharsets.UTF_8);
        assertThat(written.chars().filter(c -> c == '\n').count()).isEqualTo(headers.size() + 1);
        assertThat(written).doesNotContain("\0");
    }

    /** What is stored is what was sent, by the run of headers and by the single property. */
    @Property(tries = 500)
    void storedHeadersAreFound(@ForAll("headers") Map<String, String> headers, @ForAll @Size(max = 40) byte[] body) {
        Headers run = new Headers();
        Map<String, String> expected = new LinkedHashMap<>(headers);
        expected.forEach(run::set);
        Message message = Message.of(MessageFormat.STOMP, StompFormat.encode(run, true, Unpooled.wrappedBuffer(body))).address("a").build();
        StompFormat format = new StompFormat();
        expected.forEach((name, value) -> assertThat(format.property(message, name)).isEqualTo(value));
        Headers view = new Headers();
        int bodyAt = StompFormat.open(message.bytes(), view);
        List<String> names = new ArrayList<>();
        for (Headers.Cursor cursor = view.cursor(); cursor.next();) {
            names.add(cursor.name());
        }
        assertThat(names).containsExactlyElementsOf(expected.keySet());
        assertThat(message.bytes().length - bodyAt).isEqualTo(body.length);
    }

    /** Damaged bytes from a journal are reported, never believed. */
    @Property(tries = 1000)
    void damageIsReported(@ForAll @Size(max = 60) byte[] bytes, @ForAll boolean plausible) {
        if (plausible && bytes.length > 0) {
            bytes[0] = 1;
        }
        Message message = Message.of(MessageFormat.STOMP, bytes).address("a").build();
        try {
            new StompFormat().read(message);
        } catch (io.delos.message.MalformedMessageException damaged) {
            assertThat(damaged).hasMessageContaining("STOMP");
        }
    }
}
