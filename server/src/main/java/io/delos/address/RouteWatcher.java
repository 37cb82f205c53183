package io.delos.address;

import io.delos.queue.Queue;

/** Is told of what appears and goes. Called on the control loop. */
public interface RouteWatcher {

    /** Watches nothing. */
    RouteWatcher NOBODY = new RouteWatcher() {
        @Override
        public void added(Route address) {
        }

        @Override
        public void removed(Route address) {
        }

        @Override
        public void added(Queue queue) {
        }

        @Override
        public void removed(Queue queue) {
        }
    };

    /** An address can be sent to. */
    void added(Route address);

    /** An address is gone. */
    void removed(Route address);

    /** A queue can be found. */
    void added(Queue queue);

    /** A queue is gone. */
    void removed(Queue queue);
}
