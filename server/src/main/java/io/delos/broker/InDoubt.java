package io.delos.broker;

import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Puts the branches that a journal left prepared back into a broker: what they acknowledged is held out of its queues, what they sent waits.
 * Owned by the starting thread.
 */
final class InDoubt {

    private final Collection<OpenTransactions.Open> prepared;
    private final Map<Long, Map<Long, Delivery>> held = new HashMap<>();

    InDoubt(Collection<OpenTransactions.Open> prepared) {
        this.prepared = List.copyOf(prepared);
    }

    /** Takes what they acknowledged out of a queue that has just been restored. */
    void hold(Queue queue) {
        long[] positions = prepared.stream().flatMap(each -> each.ended.stream()).filter(ended -> ended.queue() == queue.id())
                .flatMapToLong(ended -> LongStream.of(ended.positions())).sorted().toArray();
        if (positions.length > 0) {
            Map<Long, Delivery> deliveries = new HashMap<>();
            queue.hold(positions).forEach(delivery -> deliveries.put(delivery.position(), delivery));
            held.put(queue.id(), deliveries);
        }
    }

    /** When all queues are there: the branches. */
    void restore(Broker broker, Map<Long, Queue> queues) {
        for (OpenTransactions.Open each : prepared) {
            OpenTransactions.Open found = new OpenTransactions.Open(each.number, each.claims);
            found.prepared = each.prepared;
            found.ended.addAll(each.ended);
            for (StagedMessages some : each.messages) {
                StagedMessages resolved = some.resolved(queues::get);
                resolved.retain(broker.store(), 1);
                resolved.weigh();
                found.messages.add(resolved);
            }
            each.claims.forEach((address, id) -> broker.book().address(address).filter(record -> record.duplicates().claim(id))
                    .ifPresent(record -> each.claims.addTaken(record.duplicates(), id)));
            broker.openTransactions().resume(found);
            Share share = new Share(each.number, List.copyOf(found.messages), ends(each, queues), each.claims, Optional.empty());
            each.prepared.ifPresent(fact -> broker.branches().restore(fact.xid(), fact.at(), share));
        }
    }

    private List<SettleUnit.Settlement> ends(OpenTransactions.Open each, Map<Long, Queue> queues) {
        List<SettleUnit.Settlement> ends = new ArrayList<>();
        for (Fact.Settled ended : each.ended) {
            Map<Long, Delivery> there = held.getOrDefault(ended.queue(), Map.of());
            List<Delivery> deliveries = Arrays.stream(ended.positions()).filter(there::containsKey).mapToObj(there::get).toList();
            if (!deliveries.isEmpty()) {
                ends.add(new SettleUnit.Settlement(queues.get(ended.queue()), deliveries));
            }
        }
        return ends;
    }
}
