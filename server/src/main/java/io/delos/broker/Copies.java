package io.delos.broker;

import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes what becomes of a message that leaves its queue for another address: it says where it comes from (address model, 10.3). Stateless. */
final class Copies {

    private Copies() {
    }

    /** The message for another address, with {@code more} properties; it never expires, and is not scheduled. On the queue's loop. */
    static Message of(Formats formats, Delivery departing, String target, Map<String, Object> more) {
        Map<String, Object> all = more;
        if (!departing.remark().isEmpty() || !departing.notes().isEmpty()) {
            all = new LinkedHashMap<>(departing.notes());
            all.putAll(departing.remark());
            all.putAll(more);
        }
        return of(formats, departing.source(), departing.departing(), departing.messageId(), target, all);
    }

    /** As above, of a message that stays where it is. */
    static Message of(Formats formats, Queue queue, Message original, long messageId, String target, Map<String, Object> more) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("_AMQ_ORIG_ADDRESS", queue.address());
        properties.put("_AMQ_ORIG_QUEUE", queue.name());
        properties.put("_AMQ_ORIG_MESSAGE_ID", messageId);
        if (original.routing() != Message.ROUTE_BOTH) {
            properties.put("_AMQ_ORIG_ROUTING_TYPE", original.routing());
        }
        properties.putAll(more);
        byte[] bytes = formats.of(original.format()).annotate(original.toBuilder().address(target).routing(Message.ROUTE_BOTH).build(),
                properties, 0);
        return original.toBuilder().encoded(original.format(), bytes).address(target).routing(Message.ROUTE_BOTH).expiration(0)
                .deliverAt(0).duplicateId("").build();
    }
}
