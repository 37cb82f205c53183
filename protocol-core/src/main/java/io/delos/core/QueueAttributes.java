package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** How a queue behaves, where the packet says so; what is absent is left to the address settings. Times in milliseconds. */
record QueueAttributes(
        Optional<Boolean> exclusive, Optional<Boolean> lastValue, Optional<String> lastValueKey, Optional<Boolean> nonDestructive,
        Optional<Integer> consumersBeforeDispatch, Optional<Long> delayBeforeDispatch, Optional<Boolean> groupRebalance,
        Optional<Integer> groupBuckets, Optional<Boolean> autoDelete, Optional<Long> autoDeleteDelay,
        Optional<Long> autoDeleteMessageCount, Optional<String> groupFirstKey, Optional<Long> ringSize, Optional<Boolean> enabled,
        Optional<Boolean> groupRebalancePauseDispatch) {

    static final QueueAttributes NONE = new QueueAttributes(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty());

    /** Reads what is there: each release of the client added to the tail. */
    static QueueAttributes read(ByteBuf in) throws MalformedPacketException {
        return readAfter(in, nextBoolean(in), nextBoolean(in));
    }

    /** Reads what follows the first two, which queue queries separate from the rest. */
    static QueueAttributes readAfter(ByteBuf in, Optional<Boolean> exclusive, Optional<Boolean> lastValue)
            throws MalformedPacketException {
        return new QueueAttributes(exclusive, lastValue, nextText(in), nextBoolean(in), nextInt(in), nextLong(in), nextBoolean(in),
                nextInt(in), nextBoolean(in), nextLong(in), nextLong(in), nextText(in), nextLong(in), nextBoolean(in), nextBoolean(in));
    }

    void write(ByteBuf out) {
        writeFirstTwo(out);
        writeRest(out);
    }

    void writeFirstTwo(ByteBuf out) {
        Wire.writeOptionalBoolean(out, exclusive);
        Wire.writeOptionalBoolean(out, lastValue);
    }

    void writeRest(ByteBuf out) {
        Wire.writeOptionalText(out, lastValueKey);
        Wire.writeOptionalBoolean(out, nonDestructive);
        Wire.writeOptionalInt(out, consumersBeforeDispatch);
        Wire.writeOptionalLong(out, delayBeforeDispatch);
        Wire.writeOptionalBoolean(out, groupRebalance);
        Wire.writeOptionalInt(out, groupBuckets);
        Wire.writeOptionalBoolean(out, autoDelete);
        Wire.writeOptionalLong(out, autoDeleteDelay);
        Wire.writeOptionalLong(out, autoDeleteMessageCount);
        Wire.writeOptionalText(out, groupFirstKey);
        Wire.writeOptionalLong(out, ringSize);
        Wire.writeOptionalBoolean(out, enabled);
        Wire.writeOptionalBoolean(out, groupRebalancePauseDispatch);
    }

    private static Optional<Boolean> nextBoolean(ByteBuf in) {
        return in.isReadable() ? Wire.readOptionalBoolean(in) : Optional.empty();
    }

    private static Optional<Integer> nextInt(ByteBuf in) {
        return in.isReadable() ? Wire.readOptionalInt(in) : Optional.empty();
    }

    private static Optional<Long> nextLong(ByteBuf in) {
        return in.isReadable() ? Wire.readOptionalLong(in) : Optional.empty();
    }

    private static Optional<String> nextText(ByteBuf in) throws MalformedPacketException {
        return in.isReadable() ? Wire.readOptionalText(in) : Optional.empty();
    }
}
