package io.delos.amqp;

import io.delos.broker.Broker;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;

/**
 * What a receiver of a peer's has left unsettled: nobody's deliveries, until it comes back or they return to their queue.
 *
 * @param loop       of the connection that left it
 * @param tags       where the link's tags come from
 * @param deliveries by their tags, in the order in which they were handed out
 */
record KeptSource(Broker broker, Loop loop, Tags tags, Map<Binary, Delivery> deliveries) implements Kept {

    @Override
    public int size() {
        return deliveries.size();
    }

    @Override
    public void giveUp() {
        release(List.copyOf(deliveries.values()), loop);
    }

    /** These go back to where they stood; on any loop, which is {@code here}. */
    void release(List<Delivery> some, Loop here) {
        broker.settle(some, Outcome.RELEASED, here, Reply.ignored());
    }
}
