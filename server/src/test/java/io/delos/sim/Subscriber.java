package io.delos.sim;

import io.delos.broker.BrokerException;
import io.delos.broker.PlainFormat;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.queue.Delivery;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The broker's end of a subscription: tells the model what it is handed, and passes it on. */
final class Subscriber implements Sink {
    final String queue;
    final boolean browsing;
    final boolean selective;
    private final Model model;
    private final BiConsumer<Delivery, Copy> then;
    /** What it was handed and has not settled. */
    final Map<Delivery, Copy> unsettled = new LinkedHashMap<>();
    /** What came back to it with a branch: if it goes before the branch does, that was tried in vain. */
    final Set<Copy> keeps = new HashSet<>();
    /** The order of the last message that it was handed and nobody before it, by producer and priority. */
    final Map<String, Integer> latest = new HashMap<>();
    /** Where it consumes; null if it only looks. */
    Target target;
    Subscription real;
    boolean over;

    Subscriber(Model model, String queue, boolean browsing, boolean selective, BiConsumer<Delivery, Copy> then) {
        this.model = model;
        this.queue = queue;
        this.browsing = browsing;
        this.selective = selective;
        this.then = then;
    }

    @Override
    public void deliver(List<Delivery> burst) {
        for (Delivery delivery : burst) {
            String text = PlainFormat.text(delivery.message());
            if (browsing) {
                model.shown(queue, text);
            } else if (target.shared()) {
                model.shared(this, text);
                Copy copy = model.find(queue, text);
                unsettled.put(delivery, copy);
                delivery.sent();
                then.accept(delivery, copy);
            } else {
                Copy copy = model.handed(text, this);
                unsettled.put(delivery, copy);
                delivery.sent();
                then.accept(delivery, copy);
            }
        }
    }

    /** What it had acknowledged is not settled after all. */
    void again(Delivery delivery, Copy copy) {
        unsettled.put(delivery, copy);
        if (!target.shared()) {
            keeps.add(copy);
            copy.holder = this;
            copy.ending = null;
        }
    }

    /** Its client may settle this. */
    void hand(Delivery delivery, Copy copy) {
        then.accept(delivery, copy);
    }

    @Override
    public void closed(BrokerException reason) {
        over = true;
    }
}
