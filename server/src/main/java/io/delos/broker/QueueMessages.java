package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Departures;
import io.delos.queue.Queue;
import io.delos.queue.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * What management does to messages that wait in a queue, wherever they wait; those in consumers' hands are theirs. What is taken out at one
 * time goes in one unit of the journal: gone here and present there. Any thread; answers, with how many it were, come on the loop that is named.
 */
public final class QueueMessages {

    /** Milliseconds until it is looked again whether what was sent off has left. */
    private static final long LOOK_AGAIN = 2;
    private static final int LOOKS = 2000;
    private static final Queue[] NOWHERE = {};

    private final Broker broker;

    /** As what they count at the queue they leave. */
    private enum Count { ACKNOWLEDGED, KILLED, NOTHING }

    QueueMessages(Broker broker) {
        this.broker = broker;
    }

    /** Whose messages, which of them, how many at most, and who is told on which loop. */
    public record Order(Queue queue, Sweep.Choice choice, long most, Loop loop, Reply<Long> done) { }

    /** Where a message goes to, and with which envelope; nowhere if there are no targets. */
    private record Way(Message message, Queue[] targets) { }

    /** They are gone, and count as killed. */
    public void remove(Order order) {
        each(order, Count.KILLED, delivery -> new Way(delivery.departing(), NOWHERE));
    }

    /** They go to another queue, whatever its filter says. */
    public void move(Order order, Queue target) {
        each(order, Count.ACKNOWLEDGED, delivery -> new Way(Copies.of(broker.formats(), delivery, target.address(), Map.of()), new Queue[] {target}));
    }

    /** They go back to where they were before they were dead-lettered, expired or moved; what never was elsewhere is left where it is. */
    public void retry(Order order) {
        Sweep.Choice fromElsewhere = new Sweep.Choice() {
            @Override
            public boolean mayBe(long messageId) {
                return order.choice().mayBe(messageId);
            }

            @Override
            public boolean takes(Message message) {
                return order.choice().takes(message) && wayBack(message).length > 0;
            }
        };
        each(new Order(order.queue(), fromElsewhere, order.most(), order.loop(), order.done()), Count.ACKNOWLEDGED, this::back);
    }

    private String origin(Message message, String property) {
        Object value = broker.formats().property(message, property);
        return value == null ? "" : value.toString();
    }

    private Way back(Delivery delivery) {
        Message original = delivery.departing();
        return new Way(Copies.of(broker.formats(), delivery, origin(original, "_AMQ_ORIG_ADDRESS"), Map.of()), wayBack(original));
    }

    /** The queue it came from, if that is still there; otherwise those to which its address would send it now. */
    private Queue[] wayBack(Message message) {
        String address = origin(message, "_AMQ_ORIG_ADDRESS");
        if (address.isEmpty()) {
            return NOWHERE;
        }
        Optional<Queue> queue = broker.routes().queue(origin(message, "_AMQ_ORIG_QUEUE")).filter(found -> found.address().equals(address));
        if (queue.isPresent()) {
            return new Queue[] {queue.get()};
        }
        Object type = broker.formats().property(message, "_AMQ_ORIG_ROUTING_TYPE");
        Message routed = type instanceof Number code && RoutingType.ofCode(code.byteValue()).isPresent()
                ? message.toBuilder().routing(code.byteValue()).build() : message;
        return broker.routes().find(address).map(route -> targets(route, routed)).orElse(NOWHERE);
    }

    private Queue[] targets(Route route, Message message) {
        return route.targets(message, broker.formats());
    }

    /** They get another priority, and go behind those that have it. */
    public void reprioritise(Order order, int priority) {
        each(order, Count.NOTHING, delivery -> {
            Message changed = delivery.departing().toBuilder().priority(priority).build();
            byte[] bytes = broker.formats().of(changed.format()).annotate(changed, Map.of(), changed.expiration());
            return new Way(changed.toBuilder().encoded(changed.format(), bytes).build(), new Queue[] {order.queue()});
        });
    }

    private void each(Order order, Count count, Function<Delivery, Way> way) {
        sweep(order, (taken, goOn) -> write(order.queue(), taken, way, count, goOn));
    }

    /** They expire now, or are treated as undeliverable. Done when they have left, or after some seconds if the disk is as slow as that. */
    public void sendOff(Order order, Departures.Cause cause) {
        sweep(order, (taken, goOn) -> {
            order.queue().sendOff(taken, cause);
            awaitGone(order.queue(), taken, LOOKS, () -> goOn.accept(taken.size()));
        });
    }

    private static void awaitGone(Queue queue, List<Delivery> sent, int looks, Runnable then) {
        if (looks == 0 || sent.stream().allMatch(Delivery::gone)) {
            then.run();
        } else {
            queue.loop().schedule(() -> awaitGone(queue, sent, looks - 1, then), LOOK_AGAIN);
        }
    }

    /** What becomes of what was taken, on the queue's loop; {@code goOn} is told how many have gone, less than all if it is to end. */
    private interface Deal {
        void with(List<Delivery> taken, IntConsumer goOn);
    }

    private static void sweep(Order order, Deal deal) {
        long[] count = {0};
        order.queue().loop().post(() -> order.queue().sweep(order.choice(), order.most(), new Sweep.Receiver() {
            @Override
            public void taken(List<Delivery> taken, Consumer<Boolean> goOn) {
                deal.with(taken, gone -> {
                    count[0] += gone;
                    goOn.accept(gone == taken.size());
                });
            }

            @Override
            public void ended() {
                order.loop().post(() -> order.done().done(count[0]));
            }
        }));
    }

    /** Writes it in as many units as it needs, which end in order, so the last one answers. Those go back for which there is no queue any more. */
    private void write(Queue from, List<Delivery> taken, Function<Delivery, Way> way, Count count, IntConsumer goOn) {
        List<Delivery> left = new ArrayList<>(0);
        List<Delivery> departing = new ArrayList<>(taken.size());
        List<Transaction.Send> moved = new ArrayList<>();
        long bytes = 0;
        for (Delivery delivery : taken) {
            Way one = way.apply(delivery);
            boolean goes = one.targets().length > 0;
            if (count != Count.KILLED && !(goes && Sender.counted(one.message(), one.targets()))) {
                left.add(delivery);
                continue;
            }
            if (goes && bytes > 0 && bytes + one.message().size() > broker.store().maxMessageBytes() / 2) {
                broker.store().write(MoveUnit.of(from, departing, moved, Optional.empty()).acknowledging(count == Count.ACKNOWLEDGED));
                departing = new ArrayList<>();
                moved = new ArrayList<>();
                bytes = 0;
            }
            departing.add(delivery);
            if (goes) {
                moved.add(new Transaction.Send(one.message(), one.targets()));
                bytes += one.message().size();
            }
        }
        from.giveBack(left, false);
        int gone = taken.size() - left.size();
        if (count == Count.KILLED) {
            from.countKilled(gone);
        }
        Reply<Void> done = Reply.of(written -> goOn.accept(gone), failed -> goOn.accept(0));
        broker.store().write(MoveUnit.of(from, departing, moved, Optional.of(done)).acknowledging(count == Count.ACKNOWLEDGED));
    }

    /** A copy goes to another queue. */
    public void copy(Queue from, Message original, long messageId, Queue to, Loop loop, Reply<Void> done) {
        Message copy = Copies.of(broker.formats(), from, original, messageId, to.address(), Map.of());
        Client own = broker.openOwnClient(loop);
        loop.post(() -> {
            Session session = own.openSession();
            session.sendTo(new long[] {to.id()}, copy, Optional.empty(), Reply.of(sent -> {
                own.close();
                done.done(null);
            }, refusal -> {
                own.close();
                done.failed(refusal);
            }));
        });
    }
}
