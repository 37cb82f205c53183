package io.delos.core;

import io.netty.buffer.ByteBuf;

/**
 * What the broker itself wants to know of a message's properties, picked out in one walk over them.
 *
 * @param routing     0 multicast, 1 anycast, -1 not said
 * @param deliverAt   milliseconds since the epoch, 0 for at once
 * @param group       empty for none
 * @param duplicateId empty for none; ids sent as bytes and as text are the same when the text's UTF-16 bytes are
 * @param routed      whether some property says to which queues it is to go; the broker takes all of them out
 */
record Hints(byte routing, long deliverAt, String group, String duplicateId, boolean routed) {
    static final Hints NONE = new Hints((byte) -1, 0, "", "", false);
    private static final String PREFIX = "_AMQ_";

    /** Walks all properties and checks that each could be read. */
    static Hints read(ByteBuf in) throws MalformedPacketException {
        int count = TypedProperties.readCount(in);
        Hints hints = NONE;
        for (int i = 0; i < count; i++) {
            int length = Wire.readLength(in);
            if ((length & 1) != 0) {
                throw new MalformedPacketException("a property name of " + length + " bytes is not UTF-16");
            }
            int name = in.readerIndex();
            in.skipBytes(length);
            if (length > PREFIX.length() * 2 && TypedProperties.matches(in, name, PREFIX.length() * 2, PREFIX)) {
                hints = hints.with(in, name, length);
            } else {
                TypedProperties.skipValue(in);
            }
        }
        return hints;
    }

    private Hints with(ByteBuf in, int name, int length) throws MalformedPacketException {
        if (TypedProperties.matches(in, name, length, Names.ROUTING_TYPE)) {
            Object value = TypedProperties.readValue(in);
            return value instanceof Byte type ? new Hints(type, deliverAt, group, duplicateId, routed) : this;
        }
        if (TypedProperties.matches(in, name, length, Names.SCHEDULED)) {
            Object value = TypedProperties.readValue(in);
            return value instanceof Number time ? new Hints(routing, time.longValue(), group, duplicateId, routed) : this;
        }
        if (TypedProperties.matches(in, name, length, Names.GROUP_ID)) {
            Object value = TypedProperties.readValue(in);
            return value instanceof String text ? new Hints(routing, deliverAt, text, duplicateId, routed) : this;
        }
        if (TypedProperties.matches(in, name, length, Names.DUPLICATE_ID)) {
            return new Hints(routing, deliverAt, group, duplicateId(TypedProperties.readValue(in)), routed);
        }
        int prefix = Names.ROUTE_TO.length() * 2;
        boolean routes = length >= prefix && TypedProperties.matches(in, name, prefix, Names.ROUTE_TO);
        TypedProperties.skipValue(in);
        return routes && !routed ? new Hints(routing, deliverAt, group, duplicateId, true) : this;
    }

    private static String duplicateId(Object value) {
        if (!(value instanceof byte[] bytes)) {
            return value instanceof String text ? text : "";
        }
        char[] chars = new char[(bytes.length + 1) >> 1];
        for (int i = 0; i < bytes.length; i++) {
            chars[i >> 1] |= (char) ((bytes[i] & 0xFF) << ((i & 1) << 3));
        }
        String text = new String(chars);
        return (bytes.length & 1) == 0 ? text : text + '\uFFFF';
    }
}
