package io.delos.amqp;

import io.delos.message.Message;
import org.apache.qpid.proton.codec.ReadableBuffer;

/**
 * A message as it goes out to a consumer: the stored bytes themselves, unless its header must tell of earlier deliveries or it carries
 * notes of ours. Stateless.
 */
final class WireForm {

    private static final int DELIVERY_COUNT_FIELD = 4;

    private WireForm() { }

    /** @param deliveryCount which delivery this is, 1 for the first */
    static ReadableBuffer of(Message message, int deliveryCount) {
        byte[] bytes = message.bytes();
        AmqpReader reader = new AmqpReader(bytes);
        int section = reader.nextSection();
        boolean rewrite = deliveryCount > 1;
        int headerList = 0;
        if (section == AmqpReader.HEADER) {
            int start = reader.position();
            headerList = start;
            rewrite |= countOf(reader) != 0;
            reader.position(start).skip();
            section = reader.position() == bytes.length ? AmqpReader.END : peekSection(reader);
        } else {
            reader.position(0);
        }
        if (section != AmqpReader.DELIVERY_ANNOTATIONS && !rewrite) {
            return ReadableBuffer.ByteBufferReader.wrap(bytes);
        }
        int rest = section == AmqpReader.DELIVERY_ANNOTATIONS ? endOfSection(reader) : reader.position();
        AmqpWriter writer = new AmqpWriter(bytes.length + 16);
        writeHeader(writer, bytes, headerList, deliveryCount - 1);
        return ReadableBuffer.ByteBufferReader.wrap(writer.raw(bytes, rest, bytes.length).toBytes());
    }

    private static int peekSection(AmqpReader reader) {
        int start = reader.position();
        int section = reader.nextSection();
        reader.position(start);
        return section;
    }

    private static int endOfSection(AmqpReader reader) {
        reader.nextSection();
        return reader.endOfValue();
    }

    private static long countOf(AmqpReader reader) {
        int fields = reader.enterList();
        if (fields <= DELIVERY_COUNT_FIELD) {
            return 0;
        }
        for (int i = 0; i < DELIVERY_COUNT_FIELD; i++) {
            reader.skip();
        }
        return reader.number(0);
    }

    /**
     * Writes a header with the durability, priority and time to live of another and a delivery count of its own.
     *
     * @param at where the other header's list starts in {@code bytes}, 0 if there is none
     */
    private static void writeHeader(AmqpWriter writer, byte[] bytes, int at, int failures) {
        AmqpReader reader = new AmqpReader(bytes).position(at);
        int fields = at == 0 ? 0 : reader.enterList();
        if (fields == 0 && failures == 0) {
            return;
        }
        writer.descriptor(AmqpReader.HEADER);
        int place = writer.beginList();
        for (int field = 0; field < DELIVERY_COUNT_FIELD; field++) {
            if (field < fields) {
                int start = reader.position();
                reader.skip();
                boolean firstAcquirer = field == 3;
                if (firstAcquirer && failures > 0) {
                    writer.bool(false);
                } else {
                    writer.raw(bytes, start, reader.position());
                }
            } else {
                writer.nothing();
            }
        }
        writer.uint(failures).end(place, DELIVERY_COUNT_FIELD + 1);
    }
}
