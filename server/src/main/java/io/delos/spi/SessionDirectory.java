package io.delos.spi;

import io.delos.broker.Reply;
import io.delos.loop.Loop;
import java.util.List;
import java.util.Map;

/**
 * The sessions of a protocol whose clients come back to them, as management lists and removes them; those whose clients are away are among them.
 * Any thread; replies come on the loop that is named.
 */
public interface SessionDirectory {

    /**
     * What is shown of a session or a subscription.
     *
     * @param fields texts, numbers and booleans; those of the same kind have the same
     * @param queues where its messages wait; management adds how many these are
     */
    record Row(Map<String, Object> fields, List<String> queues) { }

    /** All sessions, in no order. */
    void sessions(Loop loop, Reply<List<Row>> done);

    /** All subscriptions of all sessions, in no order. */
    void subscriptions(Loop loop, Reply<List<Row>> done);

    /**
     * Does away with a session and all that is kept for it, queues and messages included; a client that is connected hears that an operator wants
     * it and is disconnected. Done, with whether there was one, when that is durable.
     */
    void remove(String clientId, Loop loop, Reply<Boolean> done);

    /**
     * Does away with one subscription of a session, with its queue; a client that is connected stays so, and isn't told. Done, with whether there
     * was one, when that is durable. UNAVAILABLE while the client comes and goes.
     *
     * @param filter as the client wrote it
     */
    void removeSubscription(String clientId, String filter, Loop loop, Reply<Boolean> done);
}
