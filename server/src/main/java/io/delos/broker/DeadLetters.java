package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.AddressSettings;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Departures;
import io.delos.queue.Queue;
import io.delos.queue.Removed;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Moves what a queue can't keep to the dead-letter or expiry address: each message gone here and present there in one unit of the journal.
 * Called on the loops of the queues; stateless.
 */
final class DeadLetters implements Departures {

    private static final Logger LOG = LogManager.getLogger(DeadLetters.class);

    private final Broker broker;

    DeadLetters(Broker broker) {
        this.broker = broker;
    }

    @Override
    public void leave(Queue queue, List<Delivery> departing, Cause cause) {
        if (cause == Cause.REPLACED) {
            broker.store().write(MoveUnit.replaced(queue, departing));
            return;
        }
        AddressSettings settings = queue.settings();
        String target = cause == Cause.EXPIRED ? settings.expiry().address() : settings.deadLetters().address();
        if (target.isEmpty() || target.equals(queue.address())) {
            warnDropped(queue, departing, cause);
            write(queue, departing, List.of());
            return;
        }
        boolean autoCreate = cause == Cause.EXPIRED ? settings.expiry().autoCreate() : settings.deadLetters().autoCreate();
        Optional<Route> route = broker.routes().find(target);
        if (route.isPresent() && !autoCreate) {
            move(queue, departing, cause, route.get());
            return;
        }
        String prefix = cause == Cause.EXPIRED ? settings.expiry().queuePrefix() : settings.deadLetters().queuePrefix();
        String suffix = cause == Cause.EXPIRED ? settings.expiry().queueSuffix() : settings.deadLetters().queueSuffix();
        String own = autoCreate && !queue.address().startsWith(prefix) ? prefix + queue.address() + suffix : "";
        broker.administration().ensureDeadLetters(target, own, queue.address(), queue.loop(), Reply.of(
                info -> move(queue, departing, cause, broker.routes().find(target).orElseThrow()),
                refusal -> {
                    warnDropped(queue, departing, cause);
                    write(queue, departing, List.of());
                }));
    }

    @Override
    public void removed(Queue queue, Removed removed) {
        for (Fact fact : removed.facts(queue.id())) {
            broker.store().write(new Settlements.NoteUnit(List.of(fact), Optional.empty(), Reply.ignored()));
        }
    }

    private void move(Queue queue, List<Delivery> departing, Cause cause, Route route) {
        List<Transaction.Send> moved = new ArrayList<>();
        int count = 0;
        int written = 0;
        long bytes = 0;
        long most = broker.store().maxMessageBytes() / 2;
        for (int i = 0; i < departing.size(); i++) {
            Delivery delivery = departing.get(i);
            Message copy = copy(queue, delivery, cause, route.address());
            Queue[] targets = route.targets(copy, broker.formats());
            if (bytes > 0 && bytes + copy.size() > most) {
                write(queue, departing.subList(written, i), moved);
                moved = new ArrayList<>();
                written = i;
                bytes = 0;
            }
            if (targets.length > 0) {
                for (Queue target : targets) {
                    target.usage().add(copy.size());
                }
                moved.add(new Transaction.Send(copy, targets));
                bytes += copy.size();
                count++;
            }
        }
        write(queue, departing.subList(written, departing.size()), moved);
        if (cause == Cause.DEAD) {
            tell(queue, route, count);
        }
    }

    private static void tell(Queue queue, Route route, int moved) {
        if (moved == 0) {
            LOG.warn("AMQ222148: Sending message(s) of queue {} to Dead Letter Address {} which has no bindings: dropped", queue.name(),
                    route.address());
        } else {
            LOG.warn("AMQ222149: Sending {} message(s) to Dead Letter Address {} from {}", moved, route.address(), queue.name());
        }
    }

    private Message copy(Queue queue, Delivery delivery, Cause cause, String target) {
        Message original = delivery.departing();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("_AMQ_ORIG_ADDRESS", queue.address());
        properties.put("_AMQ_ORIG_QUEUE", queue.name());
        properties.put("_AMQ_ORIG_MESSAGE_ID", delivery.messageId());
        if (original.routing() != Message.ROUTE_BOTH) {
            properties.put("_AMQ_ORIG_ROUTING_TYPE", original.routing());
        }
        if (cause == Cause.EXPIRED) {
            properties.put("_AMQ_ACTUAL_EXPIRY", queue.loop().now());
        }
        byte[] bytes = broker.formats().of(original.format()).annotate(original.toBuilder().address(target).build(), properties, 0);
        return original.toBuilder().encoded(original.format(), bytes).address(target).routing(Message.ROUTE_BOTH).expiration(0)
                .deliverAt(0).duplicateId("").build();
    }

    private void write(Queue queue, List<Delivery> departing, List<Transaction.Send> moved) {
        broker.store().write(MoveUnit.of(queue, departing, moved));
    }

    private static void warnDropped(Queue queue, List<Delivery> departing, Cause cause) {
        if (cause == Cause.DEAD) {
            LOG.warn("AMQ222150: {} message(s) of queue {} exceeded the delivery attempts or were rejected; no dead-letter address: dropped",
                    departing.size(), queue.name());
        }
    }

    /** Out of one queue, into others. */
    private static final class MoveUnit extends Unit {
        private final Queue from;
        private final List<Delivery> departing;
        private final List<Transaction.Send> moved;
        private final boolean replaced;

        private MoveUnit(Queue from, List<Delivery> departing, List<Transaction.Send> moved, boolean replaced, List<Fact> facts) {
            super(facts);
            this.replaced = replaced;
            this.from = from;
            this.departing = departing;
            this.moved = moved;
        }

        static MoveUnit of(Queue from, List<Delivery> departing, List<Transaction.Send> moved) {
            List<Fact> facts = new ArrayList<>();
            for (Transaction.Send send : moved) {
                if (send.durable()) {
                    facts.add(new Fact.Enqueued(send.message(), SendUnit.durableIds(send.targets())));
                }
            }
            return of(from, departing, moved, false, facts);
        }

        static MoveUnit replaced(Queue from, List<Delivery> departing) {
            return of(from, departing, List.of(), true, new ArrayList<>(1));
        }

        private static MoveUnit of(Queue from, List<Delivery> departing, List<Transaction.Send> moved, boolean replaced, List<Fact> facts) {
            Fact.Settled settled = new SettleUnit.Settlement(from, departing).fact();
            if (settled != null) {
                facts.add(settled);
            }
            return new MoveUnit(from, departing, moved, replaced, facts);
        }

        @Override
        protected void completed(Completions completions) {
            completions.applyOn(from.loop(), this);
            for (Transaction.Send send : moved) {
                for (Queue target : send.targets()) {
                    completions.applyOn(target.loop(), this);
                }
            }
        }

        @Override
        protected void apply(Loop here) {
            if (from.loop() == here && replaced) {
                from.dropped(departing);
            } else if (from.loop() == here) {
                from.forget(departing, false);
            }
            int fact = 0;
            for (Transaction.Send send : moved) {
                for (Queue target : send.targets()) {
                    if (target.loop() == here) {
                        target.enqueue(send.message(), send.durable() && target.durable() ? position(fact) : Queue.NO_POSITION);
                    }
                }
                fact += send.durable() ? 1 : 0;
            }
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            // the disk has failed: the broker stops, and the messages are still where they were
        }
    }
}
