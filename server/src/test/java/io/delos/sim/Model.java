package io.delos.sim;

import io.delos.broker.PlainFormat;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a broker must be able to answer for: it is told what is asked of the broker and what the broker answers, when it does, and says of
 * everything that comes out whether it may be so.
 */
final class Model {
    /** What it knows of transactions. */
    final Decisions decisions = new Decisions(this);
    /** What it knows of the shelf. */
    final Shelves shelves = new Shelves(this);
    /** What it knows of queues. */
    final Upkeep upkeep = new Upkeep(this);
    private final World world;
    private final String name;
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<Integer, Sent> sent = new TreeMap<>();
    /** Large messages that find their queues later than they are sent: when their bodies are on the disk. */
    private final Set<Sent> underWay = new LinkedHashSet<>();
    private int producers;
    private int nextOrder;

    Model(World world, String name, boolean kinds) {
        this.world = world;
        this.name = name;
        for (String queue : List.of("a", "b", Setup.COPIES, Setup.APPEARING, Setup.DEAD, Setup.OVER)) {
            targets.put(queue, new Target(queue, queue, false, "", Target.State.THERE));
        }
        targets.put("t.all", new Target("t.all", "t", true, "", Target.State.THERE));
        targets.put("t.red", new Target("t.red", "t", true, "red", Target.State.THERE));
        if (kinds) {
            Map.of("g", Target.Kind.GROUPS, "r", Target.Kind.RING, "s", Target.Kind.SHARED, "v", Target.Kind.LAST_VALUE).entrySet().stream()
                    .sorted(Map.Entry.comparingByKey()).forEach(kind -> targets.put(kind.getKey(),
                            new Target(kind.getKey(), kind.getKey(), false, "", kind.getValue(), Target.State.THERE)));
        }
    }

    Collection<Target> targets() {
        return targets.values();
    }

    Target target(String queue) {
        return targets.get(queue);
    }

    Collection<Sent> sent() {
        return sent.values();
    }

    void add(Target target) {
        targets.put(target.name, target);
    }

    /** Large messages that have not found their queues. */
    Set<Sent> underWay() {
        return underWay;
    }

    long now() {
        return world.now();
    }

    void say(Supplier<String> what) {
        world.trace.say(() -> name + ": " + what.get());
    }

    int nextOrder() {
        return nextOrder++;
    }

    int newProducer() {
        return ++producers;
    }

    void violated(String what) {
        world.violated(new Violation(name + ": " + what));
    }

    // sending

    /** A message that is going to be sent. */
    Sent make(int producer, Message message, byte[] body) {
        int number = Sent.numberIn(PlainFormat.text(message));
        Sent made = new Sent(number, producer, message, body);
        sent.put(number, made);
        return made;
    }

    int nextNumber() {
        return sent.size();
    }

    /** It is being sent, by itself ({@code tx} null) or as part of a transaction. */
    void sending(Sent message, int producer, Tx tx) {
        if (message.body.length > 0) {
            underWay.add(message);
        }
        if (!message.copies.isEmpty()) {
            // it was sent before, and what became of that is not known
            message.copies.stream().filter(copy -> copy.mayBe(Place.NOWHERE)).forEach(copy -> copy.may(Place.QUEUE));
            message.unordered = true;
            targets.values().stream().filter(target -> target.takes(message) && message.copies.stream().noneMatch(copy -> copy.queue == target))
                    .forEach(target -> {
                        Copy copy = new Copy(message, target, true);
                        copy.may(Place.QUEUE);
                        message.copies.add(copy);
                    });
            return;
        }
        message.producer = producer;
        message.order = nextOrder();
        message.tx = tx;
        say(() -> "sending " + message + " to " + message.message.address() + (tx == null ? "" : " in " + tx));
        for (Target target : targets.values()) {
            if (target.takes(message)) {
                Copy copy = new Copy(message, target, target.state != Target.State.THERE);
                message.copies.add(copy);
                if (tx == null) {
                    copy.may(Place.QUEUE);
                }
                if (target.state == Target.State.GOING) {
                    copy.may(Place.GONE);
                }
            }
        }
        if (tx != null) {
            tx.sends.add(message);
        } else {
            replacing(message);
        }
    }

    /** What this message, which is on its way, may make leave; and what, being on its way too or waiting for its time, may make it leave. */
    void replacing(Sent message) {
        for (Copy copy : message.copies) {
            for (Copy other : copiesIn(copy.queue)) {
                if (copy.queue.replaces(message, other.sent)) {
                    other.replaceable = true;
                    copy.replaceable |= copy.queue.kind == Target.Kind.RING || !other.sent.answered || other.sent.message.deliverAt() != 0;
                }
            }
        }
    }

    /** The broker says that it has it. */
    void confirmed(Sent message) {
        say(() -> "confirmed " + message);
        for (Copy copy : message.copies) {
            if (!copy.optional) {
                copy.not(Place.NOWHERE);
            }
        }
    }

    /** Whether a large message whose body is still being written may make this copy leave when it comes. */
    boolean mayBeReplaced(Copy copy) {
        return underWay.stream().anyMatch(message -> message.copies.stream().anyMatch(other -> other.queue == copy.queue)
                && copy.queue.replaces(message, copy.sent));
    }

    /** A large message has found its queues, or never will. */
    void routed(Sent message) {
        underWay.remove(message);
    }

    // receiving

    /** A queue has handed something out to be consumed. */
    Copy handed(String text, Subscriber holder) {
        String queue = holder.queue;
        Copy copy = find(queue, text);
        Place place = placeOf(queue, text);
        if (copy.ending != null && copy.ending.holds()) {
            violated(copy + " was handed out by " + queue + " though a prepared branch has acknowledged it");
        }
        say(() -> queue + " hands out " + copy + (holder.selective ? " as selected" : ""));
        if (!copy.places(world.now()).contains(place)) {
            violated(copy + " was handed out by " + queue);
        }
        if (!copy.sent.hasBody(text)) {
            violated(copy + " was handed out by " + queue + " without its body");
        }
        if (copy.holder != null) {
            violated(copy + " was handed out by " + queue + " though somebody else has it");
        }
        if (place == Place.QUEUE && copy.sent.message.deliverAt() > world.now()) {
            violated(copy + " was handed out before its time");
        }
        seen(copy);
        copy.is(place);
        copy.holder = holder;
        if (place == Place.QUEUE) {
            inOrder(copy, holder);
        }
        copy.handedOut = true;
        copy.outOfTurn |= holder.selective;
        inGroup(copy, holder);
        return copy;
    }

    /** All of a group go to one consumer, as long as that is there. */
    private void inGroup(Copy copy, Subscriber holder) {
        if (copy.queue.kind == Target.Kind.GROUPS && copy.queue.name.equals(holder.queue)) {
            Subscriber owner = copy.queue.groups.put(copy.sent.message.group(), holder);
            if (owner != null && owner != holder && !owner.over) {
                violated(copy + " was handed to one consumer though its group is another's");
            }
        }
    }

    /** A queue that is not consumed has handed something out. */
    void shared(Subscriber to, String text) {
        Copy copy = find(to.queue, text);
        say(() -> to.queue + " shows " + copy);
        if (!copy.places(world.now()).contains(Place.QUEUE)) {
            violated(copy + " was shown by " + to.queue);
        }
        if (copy.sent.message.deliverAt() > world.now()) {
            violated(copy + " was shown before its time");
        }
        seen(copy);
        copy.not(Place.NOWHERE);
    }

    /** A queue has shown something to one who only looks. */
    void shown(String queue, String text) {
        Copy copy = find(queue, text);
        if (copy.mayBe(Place.NOWHERE) && copy.places(world.now()).size() == 1) {
            violated(copy + " was shown by " + queue);
        }
    }

    /** It is there: so is all that came with it. */
    private void seen(Copy copy) {
        Tx tx = copy.sent.tx;
        if (tx != null && tx.state == Tx.State.COMMITTING) {
            tx.resolve(true);
        }
        for (Tx other : decisions.all()) {
            if (other.state == Tx.State.COMMITTING && !other.prepared && other.ends.contains(copy)) {
                other.resolve(false);
            }
        }
    }

    private void inOrder(Copy copy, Subscriber holder) {
        if (copy.handedOut || copy.stirred || copy.sent.unordered || copy.queue.leaving > 0) {
            return;
        }
        Integer before = holder.latest.put(copy.sent.producer + "/" + copy.sent.message.priority(), copy.sent.order);
        if (before != null && before > copy.sent.order) {
            violated(copy + " comes behind one that its producer sent later");
        }
    }

    /** The copy that a text found in a queue belongs to. */
    Copy find(String queue, String text) {
        String origin = Sent.originIn(text);
        String of = origin.isEmpty() ? queue : origin;
        Sent message = sent.get(Sent.numberIn(text));
        if (message != null) {
            for (Copy copy : message.copies) {
                if (copy.queue.name.equals(of)) {
                    return copy;
                }
            }
        }
        throw new Violation(name + ": " + queue + " has a message that nobody sent there: " + text);
    }

    static Place placeOf(String queue, String text) {
        return Sent.originIn(text).isEmpty() ? Place.QUEUE : queue.equals(Setup.DEAD) ? Place.DEAD : Place.OVER;
    }

    /** It is being acknowledged. */
    void ending(Copy copy) {
        copy.may(Place.GONE);
    }

    /** The broker says that it is acknowledged. */
    void ended(Copy copy) {
        say(() -> "acknowledged " + copy);
        copy.is(Place.GONE);
        copy.holder = null;
    }

    void released(Copy copy) {
        say(() -> "released " + copy);
        copy.holder = null;
    }

    void failed(Copy copy) {
        say(() -> "failed " + copy);
        copy.holder = null;
        copy.outOfTurn |= copy.queue.name.equals("b");
        if (++copy.failures >= Setup.ATTEMPTS) {
            copy.may(Place.DEAD);
        }
    }

    void rejected(Copy copy) {
        copy.holder = null;
        copy.may(Place.DEAD);
    }

    /** Somebody comes to consume. */
    void coming(Subscriber subscriber) {
        Target target = targets.get(subscriber.queue);
        subscriber.target = target;
        target.subscribers++;
        target.visits++;
        target.sought |= subscriber.selective;
    }

    /** Somebody leaves a queue: what is on the way to him, unseen, comes back. */
    void leaving(Target target) {
        target.leaving++;
    }

    /** It has all come back. */
    void left(Target target) {
        target.leaving--;
        target.subscribers--;
        copiesIn(target).forEach(copy -> copy.stirred = true);
    }

    // what is where

    /** How many of what is there may be in the hands of branches whose clients left before they heard what became of them, by their queue. */
    Map<String, Integer> unheard() {
        Map<String, Integer> unheard = new TreeMap<>();
        for (Sent message : sent.values()) {
            for (Copy copy : message.copies) {
                if (copy.holder != null && copy.unheard()) {
                    unheard.merge(copy.holder.queue, 1, Integer::sum);
                }
            }
        }
        return unheard;
    }

    /** How many of what is there are in somebody's hands, by the queue they were taken from. */
    Map<String, Integer> held() {
        Map<String, Integer> held = new TreeMap<>();
        for (Sent message : sent.values()) {
            for (Copy copy : message.copies) {
                if (copy.holder != null) {
                    held.merge(copy.holder.queue, 1, Integer::sum);
                } else if (copy.held()) {
                    held.merge(copy.where(), 1, Integer::sum);
                }
            }
        }
        return held;
    }

    List<Copy> copiesIn(Target target) {
        List<Copy> copies = new ArrayList<>();
        for (Sent message : sent.values()) {
            for (Copy copy : message.copies) {
                if (copy.queue == target) {
                    copies.add(copy);
                }
            }
        }
        return copies;
    }

    // the process

    /** The process has ended, and with it all that only memory knew. */
    void crashed() {
        underWay.clear();
        decisions.crashed();
        upkeep.crashed();
        for (Sent message : sent.values()) {
            for (Copy copy : message.copies) {
                copy.holder = null;
                copy.lost();
            }
        }
    }
}
