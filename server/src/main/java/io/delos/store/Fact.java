package io.delos.store;

import io.delos.message.LargeBody;
import io.delos.message.Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that can become durable. Each kind is a record with its own codec; the layouts are in {@code docs/journal-format.md}. Queues
 * are named by their id, messages by the position of the {@link Enqueued} that brought them. Immutable.
 */
public sealed interface Fact permits Fact.Enqueued, Fact.Settled, Fact.Failed, Fact.Address, Fact.AddressGone, Fact.Queue, Fact.QueueGone,
        Fact.Remembered, Fact.Forgotten, Fact.Purged, Fact.Divert, Fact.DivertGone, Fact.Claimed, Fact.ClaimsForgotten, Staging, Shelving {

    byte ENQUEUED = 1;
    byte SETTLED = 2;
    byte FAILED = 3;
    byte ADDRESS = 4;
    byte ADDRESS_GONE = 5;
    byte QUEUE = 6;
    byte QUEUE_GONE = 7;
    byte REMEMBERED = 8;
    byte FORGOTTEN = 9;
    byte PURGED = 10;
    byte DIVERT = 12;
    byte DIVERT_GONE = 13;
    byte CLAIMED = 14;
    byte CLAIMS_FORGOTTEN = 15;

    /** The record type in the journal; never reused. */
    byte type();

    /** Bytes that {@link #write} writes. */
    int size();

    /** Writes the payload. Journal thread. */
    void write(ByteBuffer out);

    /** The fact a record holds; IllegalStateException or BufferUnderflowException if it holds none. The message of an {@link Enqueued} is copied out. */
    static Fact read(byte type, ByteBuffer in) {
        return switch (type) {
            case ENQUEUED -> Enqueued.read(in);
            case SETTLED -> Settled.read(in);
            case FAILED -> Failed.read(in);
            case ADDRESS -> new Address(Wire.getText(in), in.get(), in.get() != 0);
            case ADDRESS_GONE -> new AddressGone(Wire.getText(in));
            case QUEUE -> Queue.read(in);
            case QUEUE_GONE -> new QueueGone(in.getLong());
            case REMEMBERED -> new Remembered(Wire.getText(in), Wire.getBytes(in));
            case FORGOTTEN -> new Forgotten(Wire.getText(in));
            case PURGED -> new Purged(in.getLong(), in.getLong(), in.getLong(), longs(in));
            case DIVERT -> Divert.read(in);
            case DIVERT_GONE -> new DivertGone(Wire.getText(in));
            case CLAIMED -> new Claimed(Wire.getText(in), Wire.getText(in));
            case CLAIMS_FORGOTTEN -> new ClaimsForgotten(Wire.getText(in));
            case Shelving.SHELVED, Shelving.UNSHELVED -> Shelving.read(type, in);
            case Staging.SENT, Staging.ENDED, Staging.DECIDED, Staging.PREPARED, Staging.KNOWN -> Staging.read(type, in);
            default -> throw new IllegalStateException("a fact of the unknown type " + type);
        };
    }

    /** A message is in these queues. */
    final class Enqueued implements Fact {
        private static final int FIXED = 4 + 3 * 8 + 4;
        /** The body lies in a file: its number and length come before the bytes. */
        private static final byte LARGE = 1;
        /** It does not survive a restart; only large ones are in the journal all the same. */
        private static final byte TRANSIENT = 2;

        private final Message message;
        private final long[] queues;
        private final int size;

        public Enqueued(Message message, long[] queues) {
            this.message = message;
            this.queues = queues;
            this.size = FIXED + queues.length * 8 + Wire.size(message.address()) + Wire.size(message.group())
                    + Wire.size(message.duplicateId()) + (message.large() ? 2 * Long.BYTES : 0) + message.bytes().length;
        }

        public Message message() {
            return message;
        }

        public long[] queues() {
            return queues;
        }

        @Override
        public byte type() {
            return ENQUEUED;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void write(ByteBuffer out) {
            out.put(message.format()).put(message.routing()).put((byte) message.priority()).put(flags());
            out.putLong(message.expiration()).putLong(message.timestamp()).putLong(message.deliverAt());
            out.putInt(queues.length);
            for (long queue : queues) {
                out.putLong(queue);
            }
            Wire.put(out, message.address());
            Wire.put(out, message.group());
            Wire.put(out, message.duplicateId());
            if (message.large()) {
                out.putLong(message.body().file()).putLong(message.body().length());
            }
            out.put(message.bytes());
        }

        private byte flags() {
            return message.large() ? message.durable() ? LARGE : LARGE | TRANSIENT : 0;
        }

        static Enqueued read(ByteBuffer in) {
            byte format = in.get();
            byte routing = in.get();
            byte priority = in.get();
            byte flags = in.get();
            long expiration = in.getLong();
            long timestamp = in.getLong();
            long deliverAt = in.getLong();
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / 8) {
                throw new IllegalStateException("a message in " + count + " queues");
            }
            long[] queues = new long[count];
            for (int i = 0; i < count; i++) {
                queues[i] = in.getLong();
            }
            String address = Wire.getText(in);
            String group = Wire.getText(in);
            String duplicateId = Wire.getText(in);
            LargeBody body = (flags & LARGE) != 0 ? new LargeBody(in.getLong(), in.getLong()) : LargeBody.NONE;
            byte[] bytes = new byte[in.remaining()];
            in.get(bytes);
            Message message = Message.of(format, bytes).body(body).address(address).routing(routing).durable((flags & TRANSIENT) == 0)
                    .priority(priority)
                    .expiration(expiration).timestamp(timestamp).deliverAt(deliverAt).group(group).duplicateId(duplicateId).build();
            return new Enqueued(message, queues);
        }
    }

    /** Messages have left a queue for good. */
    record Settled(long queue, long[] positions) implements Fact {
        @Override
        public byte type() {
            return SETTLED;
        }

        @Override
        public int size() {
            return 12 + positions.length * 8;
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(queue).putInt(positions.length);
            for (long position : positions) {
                out.putLong(position);
            }
        }

        static Settled read(ByteBuffer in) {
            long queue = in.getLong();
            return new Settled(queue, longs(in));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Settled that && queue == that.queue && Arrays.equals(positions, that.positions);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(queue) * 31 + Arrays.hashCode(positions);
        }
    }

    private static long[] longs(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 8) {
            throw new IllegalStateException("a count of " + count + " where " + in.remaining() + " bytes are left");
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getLong();
        }
        return values;
    }

    /** Delivery of a message of a queue has failed so often. */
    record Failed(long queue, long position, int failures) implements Fact {
        @Override
        public byte type() {
            return FAILED;
        }

        @Override
        public int size() {
            return 20;
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(queue).putLong(position).putInt(failures);
        }

        static Failed read(ByteBuffer in) {
            return new Failed(in.getLong(), in.getLong(), in.getInt());
        }
    }

    /** An address exists with these routing types (bit 0 multicast, bit 1 anycast). Replaces what was said of it before. */
    record Address(String name, byte types, boolean autoCreated) implements Fact {
        @Override
        public byte type() {
            return ADDRESS;
        }

        @Override
        public int size() {
            return Wire.size(name) + 2;
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, name);
            out.put(types).put((byte) (autoCreated ? 1 : 0));
        }
    }

    /** An address is gone. */
    record AddressGone(String name) implements Fact {
        @Override
        public byte type() {
            return ADDRESS_GONE;
        }

        @Override
        public int size() {
            return Wire.size(name);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, name);
        }
    }

    /** A queue exists with these attributes, named as in broker.xml. Replaces what was said of it before. */
    record Queue(long id, Map<String, String> attributes) implements Fact {

        private static final Map<String, String> COMMON =
                Stream.of("true", "false", "ANYCAST", "MULTICAST", "0", "-1").collect(Collectors.toMap(value -> value, value -> value));

        @Override
        public byte type() {
            return QUEUE;
        }

        @Override
        public int size() {
            return 8 + Wire.size(attributes);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out.putLong(id), attributes);
        }

        static Queue read(ByteBuffer in) {
            long id = in.getLong();
            int count = in.getInt();
            Map<String, String> attributes = new HashMap<>();
            String last = "";
            for (int i = 0; i < count; i++) {
                String name = Wire.getText(in).intern();
                String value = Wire.getText(in);
                last = value.equals(last) ? last : COMMON.getOrDefault(value, value);
                attributes.put(name, last);
            }
            // names and usual values are shared and the map is a small one: a start keeps these of very many queues
            return new Queue(id, Map.copyOf(attributes));
        }
    }

    /** A queue is gone, and everything in it. */
    record QueueGone(long id) implements Fact {
        @Override
        public byte type() {
            return QUEUE_GONE;
        }

        @Override
        public int size() {
            return 8;
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(id);
        }
    }

    /** A protocol's note, by key. Replaces the one before. */
    record Remembered(String key, byte[] value) implements Fact {
        @Override
        public byte type() {
            return REMEMBERED;
        }

        @Override
        public int size() {
            return Wire.size(key) + Wire.size(value);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, key);
            Wire.put(out, value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Remembered that && key.equals(that.key) && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return key.hashCode() * 31 + Arrays.hashCode(value);
        }
    }

    /** A protocol's note is gone. */
    record Forgotten(String key) implements Fact {
        @Override
        public byte type() {
            return FORGOTTEN;
        }

        @Override
        public int size() {
            return Wire.size(key);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, key);
        }
    }

    /** A divert exists with these attributes, named as in broker.xml. Replaces what was said before of the one with its name. */
    record Divert(String name, Map<String, String> attributes) implements Fact {
        @Override
        public byte type() {
            return DIVERT;
        }

        @Override
        public int size() {
            return Wire.size(name) + Wire.size(attributes);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, name);
            Wire.put(out, attributes);
        }

        static Divert read(ByteBuffer in) {
            String name = Wire.getText(in);
            Map<String, String> attributes = new LinkedHashMap<>();
            for (int count = in.getInt(); count > 0; count--) {
                attributes.put(Wire.getText(in), Wire.getText(in));
            }
            return new Divert(name, attributes);
        }
    }

    /** A divert is gone. */
    record DivertGone(String name) implements Fact {
        @Override
        public byte type() {
            return DIVERT_GONE;
        }

        @Override
        public int size() {
            return Wire.size(name);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, name);
        }
    }

    /** A duplicate-detection id is known on an address, of whose message nothing was stored there. */
    record Claimed(String address, String id) implements Fact {
        @Override
        public byte type() {
            return CLAIMED;
        }

        @Override
        public int size() {
            return Wire.size(address) + Wire.size(id);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, address);
            Wire.put(out, id);
        }
    }

    /** All duplicate-detection ids known on an address so far are to be known no more. */
    record ClaimsForgotten(String address) implements Fact {
        @Override
        public byte type() {
            return CLAIMS_FORGOTTEN;
        }

        @Override
        public int size() {
            return Wire.size(address);
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, address);
        }
    }

    /** All messages of a queue at positions {@code from} to {@code upTo}, both included, have left it, but these, which ascend. */
    record Purged(long queue, long from, long upTo, long[] except) implements Fact {
        @Override
        public byte type() {
            return PURGED;
        }

        @Override
        public int size() {
            return 28 + except.length * 8;
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(queue).putLong(from).putLong(upTo).putInt(except.length);
            for (long position : except) {
                out.putLong(position);
            }
        }

        /** Whether the message at this position has left. */
        public boolean covers(long position) {
            return position >= from && position <= upTo && Arrays.binarySearch(except, position) < 0;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Purged that && queue == that.queue && from == that.from && upTo == that.upTo
                    && Arrays.equals(except, that.except);
        }

        @Override
        public int hashCode() {
            return (int) (queue * 31 + upTo) + Arrays.hashCode(except);
        }
    }
}
