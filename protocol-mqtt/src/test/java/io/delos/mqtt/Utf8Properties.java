package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What is taken for UTF-8 is what the platform's strict decoder takes for it. */
class Utf8Properties {

    /** Bytes of which much is nearly well-formed. */
    @Provide
    Arbitrary<byte[]> nearlyTexts() {
        return Arbitraries.of(0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1,
                0xF3, 0xF4, 0xF5, 0xFF).map(Integer::byteValue).array(byte[].class).ofMaxSize(8);
    }

    @Property(tries = 5000)
    void agreesWithThePlatform(@ForAll("nearlyTexts") byte[] bytes) {
        assertThat(Utf8.readable(Unpooled.wrappedBuffer(bytes))).isEqualTo(decodes(bytes));
    }

    @Property(tries = 5000)
    void agreesInPiecesToo(@ForAll("nearlyTexts") byte[] bytes, @ForAll @IntRange(max = 8) int cut) {
        Utf8Pieces pieces = new Utf8Pieces();
        int at = Math.min(cut, bytes.length);
        pieces.add(Unpooled.wrappedBuffer(bytes, 0, at));
        pieces.add(Unpooled.wrappedBuffer(bytes, at, bytes.length - at));
        assertThat(pieces.readable()).isEqualTo(decodes(bytes));
    }

    @Property
    void whatIsEncodedIsReadable(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.readable(Unpooled.wrappedBuffer(bytes))).isTrue();
        assertThat(Utf8.sound(Unpooled.wrappedBuffer(bytes), 0, bytes.length)).isEqualTo(text.indexOf(0) < 0);
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException notUtf8) {
            return false;
        }
    }
}
