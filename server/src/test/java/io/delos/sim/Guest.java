package io.delos.sim;

import io.delos.broker.Outcome;
import io.delos.broker.PlainFormat;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A client who sends, receives, acknowledges, changes its mind and leaves, as chance will have it, for a number of acts. */
final class Guest extends Actor {
    private static final String[] COLORS = {"red", "green"};
    private static final int[] PRIORITIES = {4, 4, 4, 0, 9};
    /** More answers than that it does not wait for. */
    private static final int MOST_ASKED = 12;

    private final Node node;
    private final Random chance;
    private final int sending;
    private final boolean large;
    private final boolean choosy;
    private final boolean branches;
    private final List<Connection.Held> hand = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Sent> unanswered = new ArrayList<>();
    private Connection connection;
    private Wire wire;
    private int asked;
    private int actsLeft;
    private boolean inTransaction;
    private boolean inBranch;

    /** @param choosy whether it sometimes wants only some of a queue's messages */
    Guest(Node node, String name, int acts, boolean choosy) {
        super(node.world(), name);
        this.node = node;
        this.chance = world.chance;
        this.actsLeft = acts;
        this.choosy = choosy;
        this.sending = 2 + chance.nextInt(12);
        this.large = chance.nextInt(3) == 0;
        this.branches = chance.nextInt(3) == 0;
    }

    @Override
    boolean passive() {
        return false;
    }

    @Override
    boolean ready() {
        boolean connected = wire != null && wire.whole();
        return actsLeft > 0 && node.up() && !node.life().diskFailed() && (!connected || asked < MOST_ASKED);
    }

    @Override
    void step() {
        if (wire == null || !wire.whole()) {
            connect();
        } else {
            actsLeft--;
            act();
        }
    }

    boolean idle() {
        return actsLeft <= 0;
    }

    private void connect() {
        leave(true);
        connection = new Connection(node);
        wire = new Wire(node.life(), connection.loop(), name + "-wire");
        node.life().add(wire);
        Connection mine = connection;
        ask(mine::open);
        if (!unanswered.isEmpty()) {
            Sent again = unanswered.get(chance.nextInt(unanswered.size()));
            Reply<Void> answer = answer(again);
            ask(() -> mine.sendAgain(again, answer));
        }
    }

    /** The connection ends, orderly or cut off. */
    void leave(boolean abruptly) {
        if (wire != null && wire.whole()) {
            Connection mine = connection;
            if (abruptly) {
                wire.cut(mine::end);
            } else {
                ask(mine::end);
            }
        }
        wire = null;
        hand.clear();
        subscribers.clear();
        asked = 0;
        inTransaction = false;
    }

    private void ask(Runnable task) {
        wire.toBroker(task);
    }

    /** One more is waited for. */
    private Reply<Void> answer(Sent message) {
        asked++;
        Wire over = wire;
        return Reply.of(done -> over.toClient(() -> {
            answered(over);
            message.answered = true;
            unanswered.remove(message);
        }), refusal -> over.toClient(() -> answered(over)));
    }

    private void answered(Wire over) {
        if (over == wire) {
            asked--;
        }
    }

    private void act() {
        int what = chance.nextInt(24);
        if (what < sending) {
            sendSome();
        } else if (what < sending + 4 && !hand.isEmpty()) {
            settle();
        } else if (what < sending + 6) {
            subscribeOrCredit();
        } else if (what < sending + 8) {
            transact();
        } else if (what == 23) {
            rarely();
        } else if (!hand.isEmpty()) {
            settle();
        }
    }

    private void rarely() {
        Connection mine = connection;
        switch (chance.nextInt(8)) {
            case 0 -> leave(true);
            case 1 -> {
                Target target = anyTarget();
                // what it knows to be there when it asks
                Object purge = node.model().upkeep.purging(target);
                ask(() -> mine.purge(target, purge));
            }
            case 2, 3 -> {
                int i = chance.nextInt(2);
                ask(() -> mine.create("t." + i, "t", true));
            }
            case 4 -> {
                int i = chance.nextInt(2);
                ask(() -> mine.create("d" + i, "d" + i, false));
            }
            case 5 -> {
                Target target = anyTarget();
                if (Character.isDigit(target.name.charAt(target.name.length() - 1))) {
                    ask(() -> mine.delete(target));
                }
            }
            case 6 -> {
                Target target = anyTarget();
                String color = COLORS[chance.nextInt(COLORS.length)];
                if (target.kind == Target.Kind.PLAIN && !target.last()) {
                    ask(() -> mine.condemn(target, color));
                }
            }
            default -> unsubscribe();
        }
    }

    private void unsubscribe() {
        if (!subscribers.isEmpty()) {
            Connection mine = connection;
            Subscriber one = subscribers.remove(chance.nextInt(subscribers.size()));
            hand.removeIf(held -> held.subscriber() == one);
            int how = chance.nextInt(4);
            if (how < 2) {
                ask(() -> mine.unsubscribe(one));
            } else {
                long millis = chance.nextInt(500);
                ask(() -> mine.leaveBehind(one, millis, how == 2 ? Outcome.ACCEPTED : Outcome.RELEASED));
            }
        }
    }

    private Target anyTarget() {
        List<Target> all = new ArrayList<>(node.model().targets());
        return all.get(chance.nextInt(all.size()));
    }

    // sending

    private void sendSome() {
        Connection mine = connection;
        for (int i = 1 + chance.nextInt(4); i > 0; i--) {
            Target to = anyTarget();
            if (to.state != Target.State.THERE || to.last()) {
                continue;
            }
            boolean transacted = inTransaction;
            Sent message = make(to, transacted);
            if (transacted) {
                ask(() -> mine.sendInTransaction(message));
            } else {
                // an address that goes when nobody uses it forgets its ids, and what is sent to it again may come twice
                if (!message.message.duplicateId().isEmpty() && !to.appears()) {
                    unanswered.add(message);
                }
                Reply<Void> answer = answer(message);
                ask(() -> mine.send(message, answer));
            }
        }
    }

    private Sent make(Target to, boolean transacted) {
        Model model = node.model();
        int number = model.nextNumber();
        String color = COLORS[chance.nextInt(COLORS.length)];
        int pad = large && chance.nextInt(3) == 0 ? chance.nextInt(Setup.LARGEST - 200) : chance.nextInt(200);
        boolean kinds = to.kind != Target.Kind.PLAIN;
        String key = kinds ? ";k=" + chance.nextInt(3) : "";
        String text = "n=" + number + key + ";p=" + connection.producer + ";c=" + color + ";x=" + "x".repeat(pad);
        boolean durable = chance.nextInt(5) > 0;
        Message.Builder message = PlainFormat.message(to.address, text).toBuilder().durable(durable)
                .routing(to.topic ? Message.ROUTE_MULTICAST : Message.ROUTE_ANYCAST).priority(PRIORITIES[chance.nextInt(PRIORITIES.length)]);
        if (to.kind == Target.Kind.GROUPS) {
            message.group(key);
        }
        switch (chance.nextInt(12)) {
            case 0 -> message.expiration(world.now() + chance.nextInt(400));
            case 1 -> message.deliverAt(world.now() + chance.nextInt(200));
            case 2, 3 -> {
                if (durable && !transacted) {
                    message.duplicateId("id" + number);
                }
            }
            default -> { }
        }
        return model.make(connection.producer, message.build(), body(number));
    }

    private byte[] body(int number) {
        return world.bodies && number % 4 == 0 ? (";b=" + "y".repeat(1 + number * 37 % 3000)).getBytes(StandardCharsets.UTF_8) : new byte[0];
    }

    // receiving

    private void subscribeOrCredit() {
        Connection mine = connection;
        int credit = 1 + chance.nextInt(6);
        if (!subscribers.isEmpty() && (subscribers.size() > 2 || chance.nextBoolean())) {
            Subscriber one = subscribers.get(chance.nextInt(subscribers.size()));
            ask(() -> mine.credit(one, credit));
            return;
        }
        Target target = anyTarget();
        boolean browsing = chance.nextInt(6) == 0;
        boolean selective = choosy && chance.nextInt(4) == 0;
        SubscribeRequest plain = SubscribeRequest.of(target.name, chance.nextInt(4) == 0 ? SubscribeRequest.UNLIMITED : credit);
        SubscribeRequest looking = browsing ? plain.browse() : plain;
        SubscribeRequest request = selective ? looking.withSelector("c = '" + COLORS[chance.nextInt(COLORS.length)] + "'") : looking;
        Wire over = wire;
        Subscriber[] made = new Subscriber[1];
        made[0] = new Subscriber(node.model(), target.name, browsing, selective,
                (delivery, copy) -> over.toClient(() -> arrived(new Connection.Held(made[0], delivery, copy))));
        if (!browsing) {
            subscribers.add(made[0]);
        }
        ask(() -> mine.subscribe(made[0], request));
    }

    private void arrived(Connection.Held held) {
        if (subscribers.contains(held.subscriber())) {
            hand.add(held);
        }
    }

    private void settle() {
        Connection mine = connection;
        boolean inOrder = chance.nextBoolean();
        List<Connection.Held> some = new ArrayList<>();
        for (int i = 1 + chance.nextInt(4); i > 0 && !hand.isEmpty(); i--) {
            some.add(hand.remove(inOrder ? 0 : chance.nextInt(hand.size())));
        }
        boolean transacted = inTransaction && chance.nextInt(3) > 0;
        boolean last = some.stream().anyMatch(held -> node.model().target(held.subscriber().queue).last());
        Outcome outcome = switch (transacted ? 0 : chance.nextInt(8)) {
            case 5 -> last ? Outcome.RELEASED : Outcome.REJECTED;
            case 6 -> last ? Outcome.RELEASED : Outcome.FAILED;
            case 7 -> Outcome.RELEASED;
            default -> Outcome.ACCEPTED;
        };
        ask(() -> mine.settle(some, outcome, transacted));
    }

    // transactions

    private void transact() {
        Connection mine = connection;
        if (!inTransaction && branches && chance.nextInt(3) == 0) {
            decide();
        } else if (!inTransaction) {
            inTransaction = true;
            inBranch = branches && chance.nextBoolean();
            ask(inBranch ? mine::beginBranch : mine::begin);
        } else {
            inTransaction = false;
            if (inBranch && chance.nextInt(2) == 0) {
                // what it has acknowledged is the branch's, whatever becomes of the subscription
                unsubscribe();
            }
            if (chance.nextInt(4) == 0) {
                ask(mine::rollBack);
            } else {
                boolean wait = inBranch && chance.nextInt(3) > 0;
                Reply<Void> answer = answer();
                ask(() -> {
                    if (wait) {
                        mine.prepare(answer);
                    } else {
                        mine.commit(answer);
                    }
                });
            }
        }
    }

    /** One more is waited for. */
    private Reply<Void> answer() {
        asked++;
        Wire over = wire;
        Runnable answered = () -> over.toClient(() -> answered(over));
        return Reply.of(done -> answered.run(), refusal -> answered.run());
    }

    /** Of the branches that wait, anybody's, one is decided. */
    private void decide() {
        List<Tx> waiting = node.model().decisions.all().stream().filter(tx -> tx.state == Tx.State.PREPARED).toList();
        if (!waiting.isEmpty()) {
            Connection mine = connection;
            Tx one = waiting.get(chance.nextInt(waiting.size()));
            boolean commit = chance.nextInt(3) > 0;
            Reply<Void> answer = answer();
            ask(() -> mine.decide(one, commit, answer));
        }
    }
}
