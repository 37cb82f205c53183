package io.delos.mqtt;

import io.netty.handler.codec.mqtt.MqttMessage;
import java.util.function.Consumer;

/** Something to be done for an operator between two packets of a connection, where it waits among them. Used on the connection's loop. */
final class Errand extends MqttMessage {

    private final Consumer<Runnable> task;
    private final Runnable dropped;

    /**
     * Of these two one is called, and once.
     *
     * @param task    does it, and runs what it is given when the next packet may be looked at
     * @param dropped the connection has ended before
     */
    Errand(Consumer<Runnable> task, Runnable dropped) {
        super(null);
        this.task = task;
        this.dropped = dropped;
    }

    void run(Runnable goOn) {
        task.accept(goOn);
    }

    void drop() {
        dropped.run();
    }
}
