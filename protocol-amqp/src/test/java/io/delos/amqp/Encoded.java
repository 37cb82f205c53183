package io.delos.amqp;

import java.util.Arrays;
import org.apache.qpid.proton.Proton;

/** Messages as Proton's own encoder writes them. */
final class Encoded {

    private Encoded() { }

    static byte[] of(org.apache.qpid.proton.message.Message message) {
        byte[] buffer = new byte[64 * 1024];
        int length = message.encode(buffer, 0, buffer.length);
        return Arrays.copyOf(buffer, length);
    }

    static org.apache.qpid.proton.message.Message decode(byte[] bytes) {
        org.apache.qpid.proton.message.Message message = Proton.message();
        message.decode(bytes, 0, bytes.length);
        return message;
    }
}
