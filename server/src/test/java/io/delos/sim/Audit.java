package io.delos.sim;

import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Outcome;
import io.delos.broker.PlainFormat;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Sink;
import io.delos.broker.SubscribeRequest;
import io.delos.message.Message;
import io.delos.queue.AddressUsage;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import io.delos.store.BodyFiles;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Looks at everything a broker has while nobody is connected, and compares it with the model; what the model did not know, it knows then. If
 * the process ends meanwhile, nothing was seen.
 */
final class Audit {
    /** Longer than anything waits, in milliseconds. */
    private static final long LONG = 900;

    private final Node node;
    private final World world;
    private final Model model;
    private final Life life;
    /** What is in each queue, in order. */
    private final Map<Target, List<Message>> seen = new LinkedHashMap<>();
    private final Map<Copy, Place> found = new IdentityHashMap<>();
    /** How many of each queue's messages wait for their time, and are not shown. */
    private final Map<Target, Long> hidden = new LinkedHashMap<>();

    private Audit(Node node) {
        this.node = node;
        this.world = node.world();
        this.model = node.model();
        this.life = node.life();
    }

    /** False if the process ended before all was seen. */
    static boolean take(Node node) {
        Audit audit = new Audit(node);
        audit.world.trace.say(() -> "audit of " + node.name());
        if (audit.life.troubled()) {
            // who waits for room on the disk goes on a while after there is some
            audit.life.disk().heal();
            audit.world.settle(LONG);
        }
        audit.world.settle(LONG);
        if (!audit.sound()) {
            return false;
        }
        audit.look();
        if (!audit.sound()) {
            return false;
        }
        audit.compare();
        audit.world.check();
        return true;
    }

    /** Consumes all there is; false if the process ended meanwhile. */
    static boolean drain(Node node) {
        World world = node.world();
        world.trace.say(() -> node.name() + " is drained");
        Life life = node.life();
        Connection connection = new Connection(node);
        connection.loop().receive(() -> {
            connection.open();
            for (Tx tx : node.model().decisions.all()) {
                connection.decide(tx, world.chance.nextBoolean(), Reply.ignored());
            }
            for (Target target : node.model().targets()) {
                if (target.state == Target.State.THERE) {
                    drain(node.model(), connection, target);
                }
            }
        });
        world.settle(LONG);
        connection.loop().receive(connection::end);
        world.settle(LONG);
        return life.alive() && !life.diskFailed();
    }

    private static void drain(Model model, Connection connection, Target target) {
        Subscriber[] made = new Subscriber[1];
        made[0] = new Subscriber(model, target.name, false, false, (delivery, copy) ->
                connection.settle(List.of(new Connection.Held(made[0], delivery, copy)), Outcome.ACCEPTED, false));
        connection.subscribe(made[0], SubscribeRequest.of(target.name, SubscribeRequest.UNLIMITED));
    }

    /** What consumers hold and what the queues say they hold must be the same, when nothing is under way. */
    static void pause(Node node) {
        World world = node.world();
        world.settle(0);
        if (!node.up() || node.life().diskFailed()) {
            return;
        }
        Map<String, Integer> held = node.model().held();
        for (Target target : node.model().targets()) {
            node.broker().findQueue(target.name).ifPresent(queue -> {
                long delivering = queue.counters().delivering();
                int known = held.getOrDefault(target.name, 0);
                if (delivering != known) {
                    world.violated(new Violation(target.name + " says that " + delivering + " are being delivered, but consumers hold " + known));
                }
            });
        }
        world.check();
    }

    private boolean sound() {
        return life.alive() && !life.diskFailed();
    }

    private void look() {
        for (Target target : List.copyOf(model.targets())) {
            boolean there = node.broker().findQueue(target.name).isPresent();
            switch (target.state) {
                case THERE -> require(there || target.appears(), () -> "the queue " + target.name + " is gone");
                case ABSENT -> require(!there, () -> "the queue " + target.name + " was deleted and is there");
                default -> {
                    target.state = Target.State.THERE;
                    if (!there) {
                        model.upkeep.deleted(target);
                    }
                }
            }
            if (there) {
                seen.put(target, new ArrayList<>());
            }
        }
        SimLoop loop = life.nextLoop();
        Client client = node.broker().openOwnClient(loop);
        loop.receive(() -> {
            Session session = client.openSession();
            seen.forEach((target, messages) -> session.subscribe(SubscribeRequest.of(target.name, SubscribeRequest.UNLIMITED).browse(),
                    new Browser(messages), Reply.of(made -> { }, refusal -> require(false, () -> target.name + " can't be browsed: " + refusal))));
        });
        world.settle(0);
        loop.receive(client::close);
        world.settle(0);
    }

    private record Browser(List<Message> messages) implements Sink {
        @Override
        public boolean streams(Message large) {
            return true;
        }

        @Override
        public void deliver(List<Delivery> burst) {
            burst.forEach(delivery -> messages.add(delivery.message()));
        }

        @Override
        public void closed(BrokerException reason) {
            throw new IllegalStateException("a browser was closed: " + reason);
        }
    }

    private void compare() {
        seen.forEach((target, messages) -> {
            world.trace.say(() -> node.name() + ": in " + target.name + " " + messages.stream().map(PlainFormat::text)
                    .map(text -> Sent.numberIn(text) + (Sent.originIn(text).isEmpty() ? "" : " of " + Sent.originIn(text))).toList()
                    + " and waiting " + queue(target).counters().scheduled());
            count(target, messages);
            locate(target, messages);
            order(target, messages);
            kept(target, messages);
        });
        model.shelves.compare(node.broker().shelf());
        usage();
        bodies();
        model.decisions.all().stream().filter(tx -> tx.state == Tx.State.COMMITTING).forEach(this::decide);
        for (Sent message : model.sent()) {
            message.copies.forEach(this::settle);
        }
    }

    private void count(Target target, List<Message> messages) {
        QueueCounters counters = queue(target).counters();
        long waiting = counters.scheduled();
        hidden.put(target, waiting);
        int most = model.held().getOrDefault(target.name, 0);
        int held = (int) (counters.messages() - messages.size() - waiting);
        require(held >= most - model.unheard().getOrDefault(target.name, 0) && held <= most, () -> target.name + " says it has "
                + counters.messages() + " messages, and has " + messages.size() + ", and " + waiting + " that wait, and " + most
                + " that branches hold");
        require(counters.delivering() == held, () -> target.name + " says that " + counters.delivering() + " are being delivered, to nobody; "
                + held + " are held by branches");
        require(waiting + held > 0 || counters.bytes() == bytes(messages), () -> target.name + " says it has " + counters.bytes() + " bytes, and has "
                + bytes(messages));
        require(counters.consumers() == 0, () -> target.name + " says it has " + counters.consumers() + " consumers");
    }

    private static long bytes(List<Message> messages) {
        return messages.stream().mapToLong(Message::size).sum();
    }

    private Queue queue(Target target) {
        return node.broker().findQueue(target.name).orElseThrow();
    }

    /** Each large message has its file, and what is nobody's any more is gone. */
    private void bodies() {
        Set<String> needed = new TreeSet<>();
        seen.values().forEach(messages -> messages.stream().filter(Message::large).map(message -> BodyFiles.name(message.body().file()))
                .forEach(needed::add));
        Set<String> there = new TreeSet<>(node.bodies());
        require(there.containsAll(needed), () -> "messages have the bodies " + needed + ", and there are the files " + there);
        // what prepared branches have sent is kept, and not shown
        boolean allSeen = hidden.values().stream().allMatch(count -> count == 0)
                && model.decisions.all().stream().allMatch(tx -> tx.state == Tx.State.COMMITTED || tx.state == Tx.State.UNDONE);
        require(life.troubled() || !allSeen || there.equals(needed), () -> "messages have the bodies " + needed + ", and the files " + there
                + " are left");
    }

    private void usage() {
        Map<AddressUsage, long[]> sums = new LinkedHashMap<>();
        for (Target target : seen.keySet()) {
            Queue queue = queue(target);
            long[] sum = sums.computeIfAbsent(queue.usage(), usage -> new long[2]);
            sum[0] += queue.counters().messages();
            sum[1] += queue.counters().bytes();
        }
        Map<AddressUsage, long[]> toCome = toCome();
        sums.forEach((usage, sum) -> {
            long[] more = toCome.getOrDefault(usage, new long[2]);
            long messages = usage.messages() - sum[0];
            require(messages >= more[0] && messages <= more[1], () -> "an address says it has " + usage.messages() + " messages, and its queues have "
                    + sum[0] + ", and prepared branches between " + more[0] + " and " + more[1]);
            require(messages > 0 || usage.bytes() == sum[1], () -> "an address says it has " + usage.bytes() + " bytes, and its queues have " + sum[1]);
        });
    }

    /** How many messages of branches that wait count against each address: at least, and at most. */
    private Map<AddressUsage, long[]> toCome() {
        Map<AddressUsage, long[]> toCome = new LinkedHashMap<>();
        model.decisions.all().stream().filter(tx -> tx.state == Tx.State.PREPARED).flatMap(tx -> tx.sends.stream()).forEach(sent -> {
            for (Copy copy : sent.copies) {
                boolean sure = !copy.optional && !copy.mayBe(Place.GONE) && copy.queue.state == Target.State.THERE;
                seen.keySet().stream().filter(target -> target.address.equals(copy.queue.address)).findFirst().ifPresent(target -> {
                    long[] more = toCome.computeIfAbsent(queue(target).usage(), usage -> new long[2]);
                    more[0] += sure ? 1 : 0;
                    more[1]++;
                });
            }
        });
        return toCome;
    }

    private void locate(Target target, List<Message> messages) {
        for (Message message : messages) {
            String text = PlainFormat.text(message);
            Copy copy = model.find(target.name, text);
            Place place = Model.placeOf(target.name, text);
            Place before = found.put(copy, place);
            require(before == null, () -> copy + " is in " + before + " and in " + place);
            require(copy.places(world.now()).contains(place), () -> copy + " is in " + place);
        }
    }

    /** Those of one producer and priority stand as they were sent. */
    private void order(Target target, List<Message> messages) {
        Map<String, Copy> last = new LinkedHashMap<>();
        for (Message message : messages) {
            Copy copy = model.find(target.name, PlainFormat.text(message));
            if (copy.queue == target && !target.sought && !copy.sent.unordered && !copy.outOfTurn) {
                Copy before = last.put(copy.sent.producer + "/" + message.priority(), copy);
                require(before == null || before.sent.order < copy.sent.order, () -> copy + " stands behind " + before);
            }
        }
    }

    /** Nothing that should have made way is there. */
    private void kept(Target target, List<Message> messages) {
        if (target.kind == Target.Kind.RING) {
            require(messages.size() <= Setup.RING, () -> target.name + " keeps " + messages.size() + " messages");
        } else if (target.kind == Target.Kind.LAST_VALUE) {
            List<String> keys = messages.stream().map(message -> Sent.value(PlainFormat.text(message), "k")).toList();
            require(keys.stream().distinct().count() == keys.size(), () -> target.name + " keeps more than one value of a key: " + keys);
        }
    }

    /** All of it is there or nothing. */
    private void decide(Tx tx) {
        Copy there = null;
        Copy missing = null;
        for (Sent message : tx.sends) {
            for (Copy copy : message.copies) {
                if (found.containsKey(copy)) {
                    there = copy;
                } else if (!copy.optional && !copy.replaceable && !copy.mayBe(Place.GONE) && copy.places(world.now()).contains(Place.NOWHERE)
                        && hidden.getOrDefault(copy.queue, 0L) == 0) {
                    missing = copy;
                }
            }
        }
        for (Copy copy : tx.ends) {
            boolean mayWait = hidden.getOrDefault(copy.queue, 0L) > 0;
            if (found.containsKey(copy)) {
                missing = copy;
            } else if (!mayWait && !copy.replaceable && copy.ending == tx && !copy.mayBe(Place.GONE) && !copy.mayBe(Place.NOWHERE)) {
                there = copy;
            }
        }
        Copy one = there;
        Copy other = missing;
        require(one == null || other == null, () -> tx + " is there in part: " + one + " says that it was committed, and " + other + " that it was not");
        if (one != null || other != null) {
            tx.resolve(one != null);
        }
    }

    private void settle(Copy copy) {
        if (copy.held()) {
            require(!found.containsKey(copy), () -> copy + " is shown, though a branch holds it");
            return;
        }
        Place place = found.get(copy);
        if (place != null) {
            copy.is(place);
            copy.replaceable &= hidden.getOrDefault(copy.queue, 0L) > 0 || model.mayBeReplaced(copy);
            return;
        }
        if (copy.replaceable && !copy.mayBe(Place.GONE) && !copy.mayBe(Place.NOWHERE) && copy.queue.kind == Target.Kind.LAST_VALUE) {
            require(model.copiesIn(copy.queue).stream().anyMatch(other -> other != copy && copy.queue.replaces(other.sent, copy.sent)
                    && !(other.places(world.now()).equals(Set.of(Place.NOWHERE)))), () -> copy + " is lost, and nothing has replaced it");
        }
        boolean mayWait = hidden.getOrDefault(copy.queue, 0L) > 0 && copy.mayWait();
        if (copy.mayBe(Place.NOWHERE) || copy.places(world.now()).contains(Place.GONE)) {
            if (!mayWait) {
                copy.not(Place.QUEUE);
                copy.not(Place.DEAD);
                copy.not(Place.OVER);
            }
        } else {
            require(mayWait, () -> copy + " is lost");
        }
    }

    private void require(boolean so, Supplier<String> what) {
        if (!so) {
            world.violated(new Violation(node.name() + ": " + what.get()));
        }
    }
}
