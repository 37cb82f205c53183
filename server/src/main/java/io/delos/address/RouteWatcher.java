package io.delos.address;

import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import java.util.Set;

/** Is told of what appears and goes. Called on the control loop. */
public interface RouteWatcher {

    /** Watches nothing. */
    RouteWatcher NOBODY = new RouteWatcher() {
        @Override
        public void added(String address, Set<RoutingType> types) {
        }

        @Override
        public void removed(String address, Set<RoutingType> types) {
        }

        @Override
        public void added(Queue queue) {
        }

        @Override
        public void removed(Queue queue) {
        }
    };

    /** An address can be sent to. */
    void added(String address, Set<RoutingType> types);

    /** An address is gone. */
    void removed(String address, Set<RoutingType> types);

    /** A queue can be found. */
    void added(Queue queue);

    /** A queue is gone. */
    void removed(Queue queue);
}
