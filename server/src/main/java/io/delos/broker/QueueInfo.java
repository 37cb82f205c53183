package io.delos.broker;

import io.delos.config.AddressSettings;
import io.delos.config.QueueConfig;
import io.delos.queue.Queue;

/** What is known of a queue at one moment. */
public record QueueInfo(QueueConfig config, long id, int consumers, long messages, AddressSettings settings) {

    static QueueInfo of(Queue queue) {
        return new QueueInfo(queue.config(), queue.id(), queue.counters().consumers(), queue.counters().messages(), queue.settings());
    }
}
