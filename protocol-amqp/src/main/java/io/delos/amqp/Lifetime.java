package io.delos.amqp;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.DeleteOnNoLinks;
import org.apache.qpid.proton.amqp.messaging.DeleteOnNoLinksOrMessages;
import org.apache.qpid.proton.amqp.messaging.DeleteOnNoMessages;

/** When a node that was made for a link is deleted (AMQP 1.0 part 3 §3.5.10 to §3.5.13). */
enum Lifetime {
    /** With the link, or with the connection if the terminus expires then. */
    LINK,
    /** When nobody is attached to it any more, whoever made it. */
    LINKS,
    /** When nobody reads it and it is empty; one that is only to be empty is kept while somebody reads it, too. */
    USE;

    private static final Symbol POLICY = Symbol.valueOf("lifetime-policy");

    /** By the properties a client asks for; {@link #LINK} if they don't say. */
    static Lifetime of(Map<?, ?> properties) {
        Object policy = properties == null ? null : properties.get(POLICY);
        if (policy instanceof DeleteOnNoLinks) {
            return LINKS;
        }
        return policy instanceof DeleteOnNoLinksOrMessages || policy instanceof DeleteOnNoMessages ? USE : LINK;
    }

    /** The queue of such a node, made for a link that reads it. */
    QueueRequest queueToRead(String name) {
        return this == LINKS ? QueueRequest.of(name, name, RoutingType.ANYCAST).with("durable", false).with("transient", true) : queue(name);
    }

    /** The queue of such a node, made for a link that sends to it. */
    QueueRequest queue(String name) {
        QueueRequest queue = QueueRequest.of(name, name, RoutingType.ANYCAST).with("durable", false);
        return this == LINK ? queue.with("temporary", true)
                : queue.with("auto-delete", true).with("auto-delete-message-count", this == USE ? 0 : -1);
    }
}
