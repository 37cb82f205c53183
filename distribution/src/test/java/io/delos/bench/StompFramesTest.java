package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StompFramesTest {
    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static List<String> cut(ByteBuffer in) throws IOException {
        List<String> found = new ArrayList<>();
        StompFrames.cut(in, (all, at, body, end) -> found.add((char) all.get(at) + " " + (end - body) + " " + StompFrames.isReceiptFor(all, at, body, 's')));
        return found;
    }

    @Test
    void framesAreAsTheSpecificationHasThem() {
        ByteBuffer out = ByteBuffer.allocate(200);
        out.put(StompFrames.send("/queue/a", "ANYCAST", true, 3));
        StompFrames.receipt(out, 's', 1090);
        assertThat(new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII)).isEqualTo(
                "SEND\ndestination:/queue/a\ndestination-type:ANYCAST\npersistent:true\ncontent-length:3\nreceipt:s1090\n\n");
    }

    @Test
    void framesAreFoundHoweverTheyAreTornApart() throws IOException {
        ByteBuffer bytes = bytes("MESSAGE\ncontent-length:4\nx:y\n\na\0\nb\0\n\r\nRECEIPT\nreceipt-id:s7\n\n\0RECEIPT\nreceipt-id:a8\n\n\0\nERROR\n\nwhy\0");
        for (int split = 0; split <= bytes.limit(); split++) {
            ByteBuffer first = bytes.duplicate().limit(split);
            List<String> found = cut(first);
            ByteBuffer rest = bytes.duplicate().position(first.position());
            found.addAll(cut(rest));
            assertThat(found).containsExactly("M 4 false", "R 0 true", "R 0 false", "E 3 false");
            assertThat(rest.hasRemaining()).isFalse();
        }
    }

    @Test
    void lengthsThatAreNotTrueAreRefused() {
        assertThatThrownBy(() -> cut(bytes("MESSAGE\ncontent-length:1\n\nab\0"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> cut(bytes("MESSAGE\ncontent-length:x\n\nab\0"))).isInstanceOf(IOException.class);
    }
}
