package io.delos.management;

import io.delos.address.Route;
import io.delos.broker.Broker;
import io.delos.broker.QueueMessages;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.util.List;

/**
 * What all of management works with. Immutable; any thread.
 *
 * @param broker    the broker
 * @param loop      where answers that need one are awaited; not one on which anybody waits
 * @param facts     what the broker's surroundings know
 * @param acceptors what listens, in the order of the configuration
 * @param settings  what was set at run time and is kept
 * @param counters  the queues' sampled counters
 */
record Desk(Broker broker, Loop loop, BrokerFacts facts, List<ManagedAcceptor> acceptors, KeptSettings settings, MessageCounters counters) {

    QueueMessages messages() {
        return broker.messages();
    }

    /** The queue of that name, or the sentence that there is none. */
    Queue queue(String name) {
        return broker.findQueue(name).orElseThrow(() -> new ManagementException("AMQ229017: Queue " + name + " does not exist"));
    }

    /** The queue that messages are to go to, or the sentence that there is none. */
    Queue target(String name) {
        return broker.findQueue(name).orElseThrow(() -> new ManagementException("AMQ229049: No queue found for " + name));
    }

    Route route(String name) {
        return broker.routes().find(name).orElseThrow(() -> new ManagementException("AMQ229203: Address Does Not Exist: " + name));
    }
}
