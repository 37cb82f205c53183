package io.delos.direct;

import io.delos.loop.Loop;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An address that keeps nothing. Owned by its loop, on which its outlets live too: a message's way is one post from its producer's loop here and
 * one from here to its consumer's, and what becomes of it comes back the same way.
 *
 * <p>A message goes to one anycast outlet, to each multicast outlet that is attended and wants it, or to both by its routing type; to all of
 * them or, if one has no credit for it, to none. What does not go, and may not wait, is released.
 */
public final class DirectAddress {

    /** Milliseconds after which credit goes round while there is not enough for each producer. */
    private static final long ROUND = 50;
    /** Milliseconds between two looks at those that wait. */
    private static final long LOOK = 100;

    private final String name;
    private final Loop loop;
    private final DirectCounters counters = new DirectCounters();
    private final CreditBook book = new CreditBook();
    private final List<Inlet> inlets = new ArrayList<>();
    private final List<Outlet> anycast = new ArrayList<>(1);
    private final List<Outlet> multicast = new ArrayList<>(1);
    private final List<Outlet> chosen = new ArrayList<>(1);
    private final WaitingLine line = new WaitingLine();
    private final Runnable endOfTurn = this::settleDown;
    private volatile long patience;
    private int turn;
    private boolean posted;
    private boolean goingRound;
    private boolean looking;
    private boolean closed;

    /** @param patience milliseconds that a message may wait whose producer can't be told when to send */
    public DirectAddress(String name, Loop loop, long patience) {
        this.name = name;
        this.loop = loop;
        this.patience = patience;
    }

    /** The owner; post to it. */
    public Loop loop() {
        return loop;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Any thread. */
    public DirectCounters counters() {
        return counters;
    }

    /** How long a message may wait from now on, in milliseconds. Any thread. */
    public void patience(long millis) {
        patience = millis;
    }

    /** Somebody may be served here. */
    public void add(Outlet outlet) {
        loop.assertInside();
        (outlet.anycast() ? anycast : multicast).add(outlet);
        changed();
    }

    /** Nobody is served there any more. */
    public void remove(Outlet outlet) {
        loop.assertInside();
        (outlet.anycast() ? anycast : multicast).remove(outlet);
        changed();
    }

    /** Consumers came or left, or their credit changed: what follows from that is done at the end of the turn. */
    public void changed() {
        if (!posted) {
            posted = true;
            loop.post(endOfTurn);
        }
    }

    private void settleDown() {
        posted = false;
        serveLine();
        book.capacity(all(anycast), least(multicast));
        boolean starving = book.share();
        inlets.forEach(Inlet::tell);
        if (starving && !goingRound) {
            goingRound = true;
            loop.schedule(this::goRound, ROUND);
        }
    }

    private void goRound() {
        goingRound = false;
        book.capacity(all(anycast), least(multicast));
        book.level();
        settleDown();
    }

    private static long all(List<Outlet> outlets) {
        long sum = -1;
        for (int i = 0; i < outlets.size(); i++) {
            if (outlets.get(i).attended()) {
                sum = Math.max(0, sum) + outlets.get(i).credit();
            }
        }
        return sum;
    }

    private static long least(List<Outlet> outlets) {
        long least = -1;
        for (int i = 0; i < outlets.size(); i++) {
            if (outlets.get(i).attended()) {
                long credit = outlets.get(i).credit();
                least = least < 0 ? credit : Math.min(least, credit);
            }
        }
        return least;
    }

    /** A producer wants credit. */
    public void attach(Inlet inlet) {
        loop.assertInside();
        if (closed) {
            inlet.gone();
            return;
        }
        inlets.add(inlet);
        book.add(inlet.account());
        counters.producers(inlets.size());
        changed();
    }

    /** A producer wants no more. */
    public void detach(Inlet inlet) {
        loop.assertInside();
        if (inlets.remove(inlet)) {
            book.remove(inlet.account());
            counters.producers(inlets.size());
            changed();
        }
    }

    /** A producer has used credit for what won't be offered. */
    public void used(Inlet inlet) {
        loop.assertInside();
        book.used(inlet.account());
        changed();
    }

    /** The address is deleted: whoever waits here waits no more. */
    public void close() {
        loop.assertInside();
        closed = true;
        inlets.forEach(Inlet::gone);
        inlets.clear();
        counters.producers(0);
        line.leave(offer -> {
            ended(offer, Fate.RELEASED);
            return true;
        }, offer -> false);
        counters.waiting(0);
    }

    /** A message has come; what becomes of it is told to its sender. */
    public void offer(Offer offer) {
        loop.assertInside();
        offer.terms().inlet().ifPresent(inlet -> {
            book.used(inlet.account());
            changed();
        });
        boolean patient = offer.terms().patient() && patience > 0 && !closed;
        if (offer.over(loop.now())) {
            ended(offer, Fate.RELEASED);
        } else if (patient && !line.isEmpty()) {
            await(offer);
        } else {
            Outlet.Answer answer = pass(offer);
            if (answer != Outlet.Answer.TAKES && (!patient || answer == Outlet.Answer.UNWANTED)) {
                ended(offer, Fate.RELEASED);
            } else if (answer != Outlet.Answer.TAKES) {
                await(offer);
            }
        }
    }

    /** A message came to one outlet by another way than a producer's; whether somebody took it. */
    public boolean pass(Outlet only, Message message) {
        loop.assertInside();
        Offer stray = new Offer(message, new Offer.Terms(Optional.of(only), Optional.empty(), false, true), loop, fate -> { });
        boolean taken = pass(stray) == Outlet.Answer.TAKES;
        if (!taken) {
            ended(stray, Fate.RELEASED);
        }
        return taken;
    }

    private Outlet.Answer pass(Offer offer) {
        chosen.clear();
        Outlet.Answer answer = offer.terms().only().isPresent() ? choose(offer.terms().only().get(), offer) : choose(offer);
        if (answer == Outlet.Answer.TAKES) {
            offer.begins(this, chosen.size());
            for (int i = 0; i < chosen.size(); i++) {
                chosen.get(i).hand(offer);
            }
            changed();
        }
        return answer;
    }

    private Outlet.Answer choose(Outlet outlet, Offer offer) {
        Outlet.Answer answer = outlet.ask(offer.message(), offer.terms().inlet().isPresent());
        if (answer == Outlet.Answer.TAKES) {
            chosen.add(outlet);
        }
        return answer;
    }

    /** Finds who is to get it. */
    private Outlet.Answer choose(Offer offer) {
        boolean unwanted = false;
        if (offer.message().routing() != Message.ROUTE_MULTICAST) {
            Outlet.Answer answer = one(offer);
            if (answer == Outlet.Answer.NO_CREDIT) {
                return answer;
            }
            unwanted = answer == Outlet.Answer.UNWANTED;
        }
        if (offer.message().routing() != Message.ROUTE_ANYCAST) {
            for (int i = 0; i < multicast.size(); i++) {
                Outlet.Answer answer = choose(multicast.get(i), offer);
                if (answer == Outlet.Answer.NO_CREDIT) {
                    return answer;
                }
                unwanted |= answer == Outlet.Answer.UNWANTED;
            }
        }
        return !chosen.isEmpty() ? Outlet.Answer.TAKES : unwanted ? Outlet.Answer.UNWANTED : Outlet.Answer.NOBODY;
    }

    /** The next anycast outlet that takes it. */
    private Outlet.Answer one(Offer offer) {
        Outlet.Answer best = Outlet.Answer.NOBODY;
        for (int i = 0; i < anycast.size(); i++) {
            int at = (turn + i) % anycast.size();
            Outlet.Answer answer = choose(anycast.get(at), offer);
            if (answer == Outlet.Answer.TAKES) {
                turn = at + 1;
                return answer;
            }
            best = answer.compareTo(best) < 0 ? answer : best;
        }
        return best;
    }

    void ended(Offer offer, Fate fate) {
        counters.ended(fate, offer.terms().settled());
        offer.tell(fate);
    }

    private void await(Offer offer) {
        if (!line.hasRoom()) {
            ended(offer, Fate.RELEASED);
            return;
        }
        line.add(offer, loop.now() + patience);
        counters.waiting(line.size());
        lookLater();
    }

    private void serveLine() {
        if (line.isEmpty()) {
            return;
        }
        long now = loop.now();
        line.leave(offer -> {
            if (offer.over(now)) {
                ended(offer, Fate.RELEASED);
                return true;
            }
            Outlet.Answer answer = pass(offer);
            if (answer == Outlet.Answer.UNWANTED) {
                ended(offer, Fate.RELEASED);
            }
            return answer == Outlet.Answer.TAKES || answer == Outlet.Answer.UNWANTED;
        }, offer -> true);
        counters.waiting(line.size());
        lookLater();
    }

    /** Who waits too long is told so. */
    private void lookLater() {
        if (!looking && !line.isEmpty()) {
            looking = true;
            loop.schedule(() -> {
                looking = false;
                settleDown();
            }, LOOK);
        }
    }
}
