package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A text in what is remembered of a client: its length i32, then its bytes in UTF-8. Stateless. */
final class RememberedText {

    private RememberedText() {
    }

    static void write(ByteBuf out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(encoded.length).writeBytes(encoded);
    }

    /** Reads one; MalformedMessageException if there is none. */
    static String read(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new MalformedMessageException("what is remembered of an MQTT client has a text of " + length + " bytes");
        }
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
}
