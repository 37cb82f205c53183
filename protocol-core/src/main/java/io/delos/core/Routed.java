package io.delos.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Optional;

/**
 * A message that came with properties saying to which queues it is to go, now without them.
 *
 * @param queues the ids of these queues, none if what was said makes no sense; empty if only other brokers would have understood it
 */
record Routed(CoreMessage message, Optional<long[]> queues) {

    static Routed of(CoreMessage sent) {
        Map<String, Object> properties = sent.properties();
        Optional<long[]> queues = Optional.ofNullable(properties.get(Names.ROUTE_TO)).map(Routed::ids);
        properties.keySet().removeIf(name -> name.startsWith(Names.ROUTE_TO));
        CoreMessage.Head head = new CoreMessage.Head(sent.id(), sent.address(), sent.userId(), sent.kind(), sent.durable(), sent.expiration(),
                sent.timestamp(), sent.priority(), properties);
        return new Routed(CoreMessage.create(head, sent.body()), queues);
    }

    private static long[] ids(Object value) {
        if (!(value instanceof byte[] bytes) || bytes.length % Long.BYTES != 0) {
            return new long[0];
        }
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        long[] ids = new long[bytes.length / Long.BYTES];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = in.readLong();
        }
        return ids;
    }
}
