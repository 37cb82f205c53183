package io.delos.broker;

import io.delos.address.Routes;
import io.delos.queue.Queue;
import java.util.HashMap;
import java.util.Map;

/** Finds queues by their ids, for those few senders who name them so. Owned by a session's loop. */
final class QueuesById {

    private final Routes routes;
    private final Map<Long, Queue> queues = new HashMap<>();
    private long version = -1;

    QueuesById(Routes routes) {
        this.routes = routes;
    }

    /** The queue with this id, or null. */
    Queue get(long id) {
        long now = routes.version();
        if (now != version) {
            queues.clear();
            routes.queues().forEach(queue -> queues.put(queue.id(), queue));
            version = now;
        }
        return queues.get(id);
    }
}
