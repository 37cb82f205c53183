package io.delos.amqp;

import io.delos.message.Content;
import io.delos.message.LargeBody;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Arrays;

/**
 * How a message whose body lies in a file is stored: its bytes are what comes in front of the body, and, where the body begins with a data
 * section, that section's descriptor and length too; the file has the rest. Bytes and file behind each other are what was sent. Stateless.
 */
final class LargeForm {

    /** More than the descriptor and the length of a data section take. */
    static final int HEADER_ROOM = 16;
    private static final int BINARY32 = 0xb0;
    private static final int BINARY8 = 0xa0;
    private static final byte[] EMPTY_DATA = {0, 0x53, AmqpReader.DATA, (byte) BINARY8, 0};

    private LargeForm() { }

    /**
     * Where the file is to begin in a message of which this is the beginning; -1 if that can't be said yet, or not at all because it is no
     * message.
     */
    static int split(byte[] beginning) {
        try {
            int front = front(beginning);
            return front + HEADER_ROOM > beginning.length ? -1 : Math.max(front, behindHeader(beginning, front));
        } catch (MalformedMessageException incomplete) {
            return -1;
        }
    }

    /** Where the body begins, or the message ends. */
    private static int front(byte[] bytes) {
        AmqpReader reader = new AmqpReader(bytes);
        int start = 0;
        int section = reader.nextSection();
        while (section != AmqpReader.END && section < AmqpReader.DATA) {
            reader.skip();
            start = reader.position();
            section = reader.nextSection();
        }
        return start;
    }

    /** Where the content of the data section begins that begins at {@code start}; -1 if none does. */
    private static int behindHeader(byte[] bytes, int start) {
        AmqpReader reader = new AmqpReader(bytes).position(start);
        if (reader.nextSection() != AmqpReader.DATA) {
            return -1;
        }
        int code = reader.peek();
        int behind = reader.position() + (code == BINARY32 ? 5 : 2);
        return (code == BINARY32 || code == BINARY8) && behind <= bytes.length ? behind : -1;
    }

    /** How long the data section is whose header ends the message's bytes; -1 if none does. */
    private static long announced(byte[] bytes) {
        int behind = behindHeader(bytes, front(bytes));
        if (behind != bytes.length) {
            return -1;
        }
        if ((bytes[behind - 2] & 0xff) == BINARY8) {
            return bytes[behind - 1] & 0xff;
        }
        return new AmqpReader(bytes).position(behind - Integer.BYTES).uint();
    }

    /** Whether the file has the content of one data section, which is neither text nor an object to its sender, and nothing else. */
    static boolean bodyIsBytes(Message message) {
        return announced(message.bytes()) == message.body().length()
                && NeutralReader.read(emptied(message)).content() instanceof Content.Bytes;
    }

    /** The same message with an empty body, and none in a file. */
    static Message emptied(Message large) {
        byte[] bytes = large.bytes();
        int front = front(bytes);
        byte[] empty = Arrays.copyOf(bytes, front == bytes.length ? front : front + EMPTY_DATA.length);
        if (front < bytes.length) {
            System.arraycopy(EMPTY_DATA, 0, empty, front, EMPTY_DATA.length);
        }
        return large.toBuilder().body(LargeBody.NONE).encoded(large.format(), empty).build();
    }

    /** The bytes of a message of which {@code empty} is the same with an empty body, and whose body is data of this length in a file. */
    static byte[] withData(byte[] empty, long length) {
        int front = front(empty);
        return new AmqpWriter(front + HEADER_ROOM).raw(empty, 0, front).descriptor(AmqpReader.DATA).put(BINARY32).put32((int) length).toBytes();
    }

    /** What a change in the sections in front of the body makes of the bytes; {@code changed} has all of those and no body. */
    static byte[] withTail(byte[] changed, byte[] bytes) {
        int front = front(bytes);
        return new AmqpWriter(changed.length + HEADER_ROOM).raw(changed, 0, changed.length).raw(bytes, front, bytes.length).toBytes();
    }

    /** The message without its body, and none in a file. */
    static Message front(Message large) {
        return large.toBuilder().body(LargeBody.NONE).encoded(large.format(), Arrays.copyOf(large.bytes(), front(large.bytes()))).build();
    }
}
