package io.delos.broker;

import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.config.AddressSettings;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Departures;
import io.delos.queue.Queue;
import io.delos.queue.Removed;
import io.delos.store.Fact;
import java.util.ArrayList;
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
            broker.watch().left(MessageWatch.Moment.DISCARDED, departing);
            broker.store().write(MoveUnit.replaced(queue, departing));
            return;
        }
        Place place = Place.of(cause, queue.settings(), queue.address(), queue.config().temporary());
        if (place.address().isEmpty() || place.address().equals(queue.address())) {
            warnDropped(queue, departing, cause);
            write(queue, departing, List.of(), cause);
        } else if (place.wantsCreation(broker.routes())) {
            broker.administration().ensureDeadLetters(place, queue.loop(), Reply.of(
                    info -> go(queue, departing, cause, place), refusal -> go(queue, departing, cause, place)));
        } else {
            go(queue, departing, cause, place);
        }
    }

    /**
     * Where what leaves an address goes.
     *
     * @param address   the dead-letter or expiry address; empty for none
     * @param queue     the queue there for what comes from this address alone; empty if none is to be made
     * @param origin    the address it leaves
     * @param autoCreate whether both are to be made when they are missing
     */
    record Place(String address, String queue, String origin, boolean autoCreate) {

        static Place of(Cause cause, AddressSettings settings, String origin, boolean temporary) {
            return cause == Cause.EXPIRED ? ofExpired(settings.expiry(), origin, temporary) : ofDead(settings, origin, temporary);
        }

        static Place ofDead(AddressSettings settings, String origin, boolean temporary) {
            AddressSettings.DeadLetters dead = settings.deadLetters();
            return of(dead.address(), dead.autoCreate(), List.of(dead.queuePrefix(), origin, dead.queueSuffix()), temporary);
        }

        private static Place ofExpired(AddressSettings.Expiry expired, String origin, boolean temporary) {
            return of(expired.address(), expired.autoCreate(), List.of(expired.queuePrefix(), origin, expired.queueSuffix()), temporary);
        }

        private static Place of(String address, boolean autoCreate, List<String> name, boolean temporary) {
            String origin = name.get(1);
            boolean own = autoCreate && !temporary && !origin.startsWith(name.get(0));
            return new Place(address, own ? String.join("", name) : "", origin, autoCreate);
        }

        boolean wantsCreation(Routes routes) {
            return autoCreate && (routes.find(address).isEmpty() || !queue.isEmpty() && routes.queue(queue).isEmpty());
        }
    }

    private void go(Queue queue, List<Delivery> departing, Cause cause, Place place) {
        Optional<Route> route = broker.routes().find(place.address());
        if (route.isPresent()) {
            move(queue, departing, cause, route.get());
            return;
        }
        if (cause == Cause.DEAD) {
            tell(queue, place.address(), 0);
        }
        write(queue, departing, List.of(), cause);
    }

    @Override
    public void consumed(List<Delivery> consumed) {
        broker.watch().left(MessageWatch.Moment.CONSUMED, consumed);
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
            Fork fork = Fork.of(broker, queue.loop(), new Fork.Start(route, Optional.empty(), delivery.messageId()), copy);
            long size = fork.sends().stream().mapToLong(send -> send.message().size()).sum();
            if (bytes > 0 && bytes + size > most) {
                write(queue, departing.subList(written, i), moved, cause);
                moved = new ArrayList<>();
                written = i;
                bytes = 0;
            }
            if (!fork.counted()) {
                write(queue, departing.subList(written, i), moved, cause);
                List<Delivery> rest = departing.subList(i, departing.size());
                broker.administration().whenDecided(queue.loop(), () -> leave(queue, rest, cause));
                return;
            }
            moved.addAll(fork.sends());
            bytes += size;
            count += fork.sends().isEmpty() ? 0 : 1;
        }
        write(queue, departing.subList(written, departing.size()), moved, cause);
        if (cause == Cause.DEAD) {
            tell(queue, route.address(), count);
        }
    }

    private static void tell(Queue queue, String address, int moved) {
        if (moved == 0) {
            LOG.warn("AMQ222148: Sending message(s) of queue {} to Dead Letter Address {} which has no bindings: dropped", queue.name(), address);
        } else {
            LOG.warn("AMQ222149: Sending {} message(s) to Dead Letter Address {} from {}", moved, address, queue.name());
        }
    }

    private Message copy(Queue queue, Delivery delivery, Cause cause, String target) {
        Map<String, Object> expired = cause == Cause.EXPIRED ? Map.of("_AMQ_ACTUAL_EXPIRY", queue.loop().now()) : Map.of();
        return Copies.of(broker.formats(), delivery, target, expired);
    }

    private void write(Queue queue, List<Delivery> departing, List<Transaction.Send> moved, Cause cause) {
        broker.tell(() -> new BrokerEvent.Departed(queue, departing, cause == Cause.EXPIRED));
        broker.store().write(MoveUnit.of(queue, departing, moved, Optional.empty()));
    }

    private static void warnDropped(Queue queue, List<Delivery> departing, Cause cause) {
        if (cause == Cause.DEAD) {
            LOG.warn("AMQ222150: {} message(s) of queue {} exceeded the delivery attempts or were rejected; no dead-letter address: dropped",
                    departing.size(), queue.name());
        }
    }
}
