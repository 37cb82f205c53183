package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.config.QueueConfig;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.util.List;
import java.util.function.Predicate;

/** Removes addresses and queues that appeared by themselves and that nobody uses (address model, section 4). Owned by the control loop. */
final class Reaper {

    private final AddressBook book;
    private final QueueRegistry registry;
    private final Administration administration;
    private final Loop control;

    Reaper(AddressBook book, QueueRegistry registry, Administration administration, Loop control) {
        this.book = book;
        this.registry = registry;
        this.administration = administration;
        this.control = control;
    }

    /** What nobody will miss is removed when the broker starts, whether it was used or not (address model, section 4). On the control loop. */
    void removeLeftovers(Predicate<Queue> needed) {
        for (Queue queue : List.copyOf(book.queues())) {
            QueueConfig config = queue.config();
            if (config.autoDelete() && !config.internal() && queue.counters().messages() == 0 && !needed.test(queue)) {
                remove(queue);
            }
        }
        // behind the changes just begun
        control.post(() -> {
            for (AddressRecord address : List.copyOf(book.addresses())) {
                if (address.autoCreated() && address.settings().creation().deleteAddresses() && book.free(address)) {
                    remove(address);
                }
            }
        });
    }

    private void remove(Queue queue) {
        if (queue.durable() && queue.config().autoDeleteMessageCount() == 0 && !retires(queue)) {
            return;
        }
        Broker.LOG.info("AMQ224112: Auto removing queue {} with queueID={} on address={}", queue.name(), queue.id(), queue.address());
        // somebody may have come for what is in it
        administration.deleteQueue(queue.name(), false, control, Reply.of(done -> { }, refusal -> queue.retire(false)));
    }

    /** Whether nothing is on its way to the queue, and nothing will be. What goes to other queues of its address can't be told from that. */
    private static boolean retires(Queue queue) {
        queue.retire(true);
        boolean idle = queue.usage().messages() == 0;
        queue.retire(idle);
        return idle;
    }

    private void remove(AddressRecord address) {
        Broker.LOG.info("AMQ224113: Auto removing address {}", address.name());
        administration.deleteAddress(address.name(), false, control, Reply.ignored());
    }

    /** One pass of the reaper (address model, section 4): on the control loop. Queues that are needed stay, used or not. */
    void removeUnused(long now, Predicate<Queue> needed) {
        registry.forgetTheGone();
        for (Queue queue : List.copyOf(book.queues())) {
            if (registry.unused(queue, now) && !needed.test(queue)) {
                remove(queue);
            }
        }
        book.unusedAddresses(now).forEach(this::remove);
    }
}
