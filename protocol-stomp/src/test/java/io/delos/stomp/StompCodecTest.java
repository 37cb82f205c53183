package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.stomp.Decoded.Seen;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StompCodecTest {

    private static List<Seen> decode(Version version, String... pieces) {
        try (Decoded decoder = new Decoded(version)) {
            for (String piece : pieces) {
                decoder.feed(piece.getBytes(StandardCharsets.UTF_8));
            }
            return decoder.seen();
        }
    }

    @Test
    void aFrameIsTakenApart() {
        assertThat(decode(Version.V1_2, "SEND\ndestination:q\nk:v\n\nbody\0")).containsExactly(
                new Seen("SEND", List.of("destination:q", "k:v"), "body"));
    }

    @Test
    void framesFollowEachOtherWithLineEndsBetween() {
        assertThat(decode(Version.V1_2, "\n\r\n\nBEGIN\ntransaction:t\n\n\0\n\nCOMMIT\ntransaction:t\n\n\0ABORT\n\n\0"))
                .extracting(Seen::command).containsExactly("BEGIN", "COMMIT", "ABORT");
    }

    @Test
    void anyCutWillDo() {
        String frames = "SEND\r\ndestination:q\\ca\r\ncontent-length:3\r\n\r\n\0\1\2\0\nSEND\ndestination:q\n\nhéllo\0\r\n";
        List<Seen> whole = decode(Version.V1_2, frames);
        assertThat(whole).hasSize(2);
        byte[] bytes = frames.getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < bytes.length; cut++) {
            try (Decoded decoder = new Decoded(Version.V1_2)) {
                decoder.feed(bytes, 0, cut);
                decoder.feed(bytes, cut, bytes.length);
                assertThat(decoder.seen()).isEqualTo(whole);
            }
        }
        try (Decoded decoder = new Decoded(Version.V1_2)) {
            for (int i = 0; i < bytes.length; i++) {
                decoder.feed(bytes, i, i + 1);
            }
            assertThat(decoder.seen()).isEqualTo(whole);
        }
    }

    @Test
    void valuesAreReadAsTheirVersionHasThem() {
        assertThat(decode(Version.V1_0, "SEND\nk:  a\\c:b \n\n\0")).singleElement().extracting(Seen::headers).asList().containsExactly("k:a\\c:b ");
        assertThat(decode(Version.V1_1, "SEND\nk\\c: a\\c\\n\\\\:b \n\n\0")).singleElement().extracting(Seen::headers).asList()
                .containsExactly("k:: a:\n\\:b ");
        assertThat(decode(Version.V1_2, "SEND\nk:a\\r\n\n\0")).singleElement().extracting(Seen::headers).asList().containsExactly("k:a\r");
        assertThat(decode(Version.V1_1, "SEND\nk:a\r\n\n\0")).singleElement().extracting(Seen::headers).asList().containsExactly("k:a\r");
        assertThat(decode(Version.V1_2, "SEND\nk:a\r\n\r\n\0")).singleElement().extracting(Seen::headers).asList().containsExactly("k:a");
        assertThat(decode(Version.V1_2, "SEND\nempty:\n\n\0")).singleElement().extracting(Seen::headers).asList().containsExactly("empty:");
    }

    @Test
    void repeatedHeaders() {
        for (Version version : List.of(Version.V1_1, Version.V1_2)) {
            assertThat(decode(version, "SEND\na:1\nreply-to:x\na:2\nreply-to:y\nb:3\n\n\0").get(0).headers()).containsExactly("a:1", "reply-to:x", "b:3");
        }
        assertThat(decode(Version.V1_0, "SEND\na:1\nreply-to:x\na:2\nreply-to:y\nb:3\n\n\0").get(0).headers()).containsExactly("a:2", "reply-to:y", "b:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k:\\q", "k:\\t", "k:\\", "\\q:v"})
    void undefinedEscapesAreTheEnd(String line) {
        for (Version version : List.of(Version.V1_1, Version.V1_2)) {
            assertThat(decode(version, "SEND\n" + line + "\n\n\0SEND\n\n\0")).singleElement().extracting(Seen::command).asString()
                    .startsWith("AMQ339040 Undefined escape sequence");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send\n", "FOO\n", "SEND \n", "\0\n", "SENDSENDSENDSENDSENDSENDSEND", "SEND\nno colon here\n", "SEND\n:v\n",
        "SEND\ncontent-length:-1\n\n", "SEND\ncontent-length:x\n\n", "SEND\ncontent-length:99999999999\n\n", "SEND\ncontent-length:2\n\nabc\0"})
    void nonsenseIsSaidOnceAndTheRestSwallowed(String nonsense) {
        assertThat(decode(Version.V1_2, "BEGIN\n\n\0", nonsense, "SEND\n\n\0")).hasSize(2).last().extracting(Seen::command).asString()
                .startsWith("AMQ339023 Invalid STOMP frame");
    }

    @Test
    void limitsHold() {
        assertThat(decode(Version.V1_2, "SEND\nk:" + "v".repeat(Decoded.MAX_HEADERS))).singleElement().extracting(Seen::command)
                .isEqualTo("AMQ339028 Headers too large");
        assertThat(decode(Version.V1_2, "SEND\n" + "k:v\n".repeat(Decoded.MAX_HEADERS / 4 + 1))).singleElement().extracting(Seen::command)
                .isEqualTo("AMQ339028 Headers too large");
        StringBuilder many = new StringBuilder("SEND\n");
        for (int i = 0; i < 1001; i++) {
            many.append(i).append(":\n");
        }
        assertThat(decode(Version.V1_2, many.toString())).singleElement().extracting(Seen::command).isEqualTo("AMQ339028 Headers too large");
        String most = "b".repeat(Decoded.MAX_BODY);
        assertThat(decode(Version.V1_2, "SEND\n\n" + most + "\0")).singleElement().extracting(Seen::body).isEqualTo(most);
        assertThat(decode(Version.V1_2, "SEND\n\n" + most + "b\0")).singleElement().extracting(Seen::command).asString().contains("body too large");
        assertThat(decode(Version.V1_2, "SEND\ncontent-length:" + most.length() + "\n\n", most, "\0")).singleElement().extracting(Seen::body)
                .isEqualTo(most);
        assertThat(decode(Version.V1_2, "SEND\ncontent-length:" + (most.length() + 1) + "\n\n")).singleElement().extracting(Seen::command)
                .asString().contains("body too large");
    }

    @Test
    void heldFramesWait() {
        try (Decoded decoder = new Decoded(Version.V1_2)) {
            decoder.holdAfter("SUBSCRIBE");
            decoder.feed("BEGIN\n\n\0SUBSCRIBE\n\n\0COMMIT\n\n\0ABO".getBytes(StandardCharsets.UTF_8));
            assertThat(decoder.seen()).extracting(Seen::command).containsExactly("BEGIN", "SUBSCRIBE");
            decoder.feed("RT\n\n\0".getBytes(StandardCharsets.UTF_8));
            assertThat(decoder.seen()).hasSize(2);
            decoder.release();
            assertThat(decoder.seen()).extracting(Seen::command).containsExactly("BEGIN", "SUBSCRIBE", "COMMIT", "ABORT");
        }
    }
}
