package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.FullPolicy;
import io.delos.message.Message;
import io.delos.queue.AddressUsage;
import io.delos.queue.Queue;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Lets messages and credit in while there is room, by each address's policy and by the disk's. Owned by the session's loop. What waits
 * passes one hurdle after the other and never goes back to one it has passed, so nobody who came later overtakes it for good.
 */
final class Admission {

    private final Session session;
    private final Broker broker;
    /** Transactions that hold messages sent by this session; those that have ended leave when one is added. */
    private final Set<Transaction> holding = new HashSet<>();

    /** A message that asks to be let in, and what is done with it then. */
    record Arriving(Route route, Message message, Optional<Transaction> transaction, Reply<Void> done) { }

    Admission(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    /** Whether there is room, without more ado, for what is sent to the address. */
    boolean open(Route route) {
        AddressUsage[] usages = route.usages();
        for (int i = 0; i < usages.length; i++) {
            if (usages[i].verdict() != FullPolicy.PAGE) {
                return false;
            }
        }
        return !broker.diskGuard().full();
    }

    /** Whether a message may be sent now. If not, its reply has been told, or {@code go} runs when it may be. */
    boolean admits(Arriving arriving, Runnable go) {
        return admits(arriving, 0, go);
    }

    private boolean admits(Arriving arriving, int from, Runnable go) {
        AddressUsage[] usages = arriving.route.usages();
        for (int i = from; i < usages.length; i++) {
            FullPolicy verdict = usages[i].verdict();
            if (verdict != FullPolicy.PAGE) {
                tellFull(usages[i]);
                if (!passes(arriving, i, verdict, go)) {
                    return false;
                }
            }
        }
        return !broker.diskGuard().full() || diskAdmits(arriving, go);
    }

    private void tellFull(AddressUsage usage) {
        if (usage.becameFull()) {
            broker.tell(() -> new BrokerEvent.AddressFull(usage.address(), usage.bytes(), usage.messages()));
        }
    }

    private boolean passes(Arriving arriving, int hurdle, FullPolicy verdict, Runnable go) {
        AddressUsage usage = arriving.route.usages()[hurdle];
        if (verdict != FullPolicy.BLOCK) {
            return turnAway(arriving, verdict, addressFull(arriving.route));
        }
        if (holdsMessages(arriving.transaction)) {
            return true;
        }
        BackPressure backPressure = session.turns().backPressure();
        if (backPressure.byCredit()) {
            boolean refused = backPressure == BackPressure.CREDIT_WITH_THRESHOLD && usage.beyondThreshold();
            return !refused || turnAway(arriving, FullPolicy.FAIL, addressFull(arriving.route));
        }
        session.turns().hold();
        usage.await(session.loop(), arriving.message.size(), () -> goOn(arriving, hurdle + 1, go));
        return false;
    }

    /** A transaction that waited while it holds room itself might wait for ever; it goes on, and the next sender waits. */
    private static boolean holdsMessages(Optional<Transaction> transaction) {
        return transaction.isPresent() && transaction.get().holdsMessages();
    }

    private void goOn(Arriving arriving, int from, Runnable go) {
        if (session.isClosed()) {
            return;
        }
        if (admits(arriving, from, go)) {
            go.run();
        }
        session.turns().letGo();
    }

    private boolean turnAway(Arriving arriving, FullPolicy policy, BrokerException refusal) {
        if (policy == FullPolicy.DROP) {
            arriving.route.counters().routedOne();
            broker.watch().dropped(arriving.route.address(), arriving.message);
            arriving.done.done(null);
        } else {
            arriving.done.failed(refusal);
        }
        return false;
    }

    static BrokerException addressFull(Route route) {
        return new BrokerException(Reason.ADDRESS_FULL, "AMQ229102: Address \"" + route.address() + "\" is full.");
    }

    private static BrokerException diskFull(String address) {
        return new BrokerException(Reason.ADDRESS_FULL, "Address \"" + address + "\" takes nothing: the broker's disk is full");
    }

    private boolean diskAdmits(Arriving arriving, Runnable go) {
        FullPolicy policy = arriving.route.settings().limits().diskFullPolicy();
        if (!needsDisk(arriving)) {
            return true;
        }
        if (policy != FullPolicy.BLOCK) {
            return turnAway(arriving, policy, diskFull(arriving.route.address()));
        }
        if (arriving.transaction.isPresent()) {
            return true;
        }
        session.turns().hold();
        broker.diskGuard().await(session.loop(), () -> goOn(arriving, arriving.route.usages().length, go));
        return false;
    }

    /** What is durable, and what is not but would be spilled behind what was. */
    private static boolean needsDisk(Arriving arriving) {
        if (arriving.message.durable()) {
            return true;
        }
        for (Queue queue : arriving.route.queues()) {
            if (queue.counters().backlog() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether what a transaction has of messages may be written now; if not, {@code go} runs when it may be. */
    boolean admits(Transaction transaction, Runnable go) {
        if (!broker.diskGuard().full() || transaction.sends().isEmpty()) {
            return true;
        }
        session.turns().hold();
        broker.diskGuard().await(session.loop(), () -> {
            if (admits(transaction, go)) {
                go.run();
            }
            session.turns().letGo();
        });
        return false;
    }

    /** A message became part of a transaction: as long as it is there, its session's producers get credit, for the reason given above. */
    void sentIn(Transaction transaction) {
        if (session.turns().backPressure().byCredit() && !holding.contains(transaction)) {
            holding.removeIf(Transaction::ended);
            holding.add(transaction);
        }
    }

    private boolean holdsMessages() {
        holding.removeIf(Transaction::ended);
        return !holding.isEmpty();
    }

    /** Credit that is asked for, in messages and bytes; fewer than 0 bytes for what so many messages are likely to weigh. */
    record Credit(String address, long messages, long bytes, Reply<Void> answer) { }

    void grant(Credit credit) {
        Optional<Route> route = broker.routes().find(credit.address);
        if (route.isPresent() && route.get().direct().isPresent()) {
            // nothing is kept there
            credit.answer.done(null);
        } else if (route.isEmpty()) {
            grantByDisk(credit, FullPolicy.BLOCK);
        } else {
            grant(credit, route.get(), 0);
        }
    }

    private void grant(Credit credit, Route route, int from) {
        if (session.isClosed()) {
            return;
        }
        AddressUsage[] usages = route.usages();
        for (int i = from; i < usages.length; i++) {
            FullPolicy verdict = usages[i].verdict();
            if (verdict != FullPolicy.PAGE) {
                tellFull(usages[i]);
            }
            if (verdict == FullPolicy.FAIL) {
                credit.answer.failed(addressFull(route));
                return;
            }
            if (verdict == FullPolicy.BLOCK && !holdsMessages()) {
                int next = i + 1;
                long bytes = credit.bytes >= 0 ? credit.bytes : credit.messages * usages[i].averageSize();
                usages[i].awaitCredit(session.loop(), bytes, credit.messages, () -> grant(credit, route, next));
                return;
            }
        }
        grantByDisk(credit, route.settings().limits().diskFullPolicy());
    }

    private void grantByDisk(Credit credit, FullPolicy policy) {
        if (session.isClosed()) {
            return;
        }
        if (!broker.diskGuard().full() || policy == FullPolicy.DROP) {
            credit.answer.done(null);
        } else if (policy == FullPolicy.FAIL) {
            credit.answer.failed(diskFull(credit.address));
        } else {
            broker.diskGuard().await(session.loop(), () -> grantByDisk(credit, policy));
        }
    }
}
