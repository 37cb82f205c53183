package io.delos.amqp;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Subscription;
import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.Sender;

/**
 * A receiver of the peer's that asks for what it leaves unsettled to be kept, and what of that goes on when it is attached again (AMQP 1.0 part 2
 * §2.6.13). What the peer has an outcome for gets it, and the peer is told; what it holds without is sent again under its tag; what it doesn't hold
 * goes back to the queue. Owned by the connection's loop.
 */
final class Resumption {

    private final AmqpSession session;
    private final Sender link;
    private final Outcomes outcomes;
    private final Standing standing;
    private final Optional<Reattachment> reattachment;
    /** Told when the link's credit may be of use again. */
    private final Runnable goOn;
    private Optional<KeptSource> left = Optional.empty();
    private Optional<Subscription> subscription = Optional.empty();
    /** Different from those of every other attachment that the peer may remember. */
    private Tags tags = new Tags(ThreadLocalRandom.current().nextLong(1L << Long.SIZE - 2, Long.MAX_VALUE));
    private final ArrayDeque<Next> waiting = new ArrayDeque<>();
    /** Those that are being read again, or wait for a large one before them. */
    private final Map<Delivery, Binary> again = new LinkedHashMap<>();
    /** Those of which the peer has said nothing yet. */
    private final Map<Binary, Delivery> unsaid = new LinkedHashMap<>();
    private int applying;

    /** What is to be sent: a message again, or the outcome that it has got. */
    private record Next(Binary tag, Optional<Delivery> delivery, Optional<DeliveryState> outcome) { }

    Resumption(AmqpSession session, Sender link, Outcomes outcomes, Standing standing, Runnable goOn) {
        this.session = session;
        this.link = link;
        this.outcomes = outcomes;
        this.standing = standing;
        this.goOn = goOn;
        this.reattachment = session.connection().engine().reattachment(link);
    }

    private Loop loop() {
        return session.connection().connection().loop();
    }

    /** Waits until no other attachment has the link; {@code stolen} runs when another wants it. */
    void take(Runnable stolen, Runnable taken) {
        standing.take(stolen, () -> {
            left = standing.left().filter(KeptSource.class::isInstance).map(KeptSource.class::cast);
            taken.run();
        });
    }

    /** For how long what is left is kept, in seconds. */
    long seconds() {
        return standing.seconds();
    }

    /** Sorts what was left by what the peer says of it, before our attach goes. */
    void begin(Subscription made, boolean presettled) {
        subscription = Optional.of(made);
        Map<Binary, DeliveryState> stated = new LinkedHashMap<>();
        left.ifPresent(all -> {
            List<Delivery> back = new ArrayList<>();
            if (reattachment.isEmpty() || presettled) {
                back.addAll(all.deliveries().values());
            } else {
                tags = all.tags();
                all.deliveries().forEach((tag, delivery) -> sort(tag, delivery, stated, back));
            }
            all.release(back, loop());
        });
        left = Optional.empty();
        reattachment.ifPresent(told -> told.state(stated, session.connection().engine().largestFrame() / 2));
    }

    private void sort(Binary tag, Delivery delivery, Map<Binary, DeliveryState> stated, List<Delivery> back) {
        Reattachment peer = reattachment.orElseThrow();
        boolean elsewhere = delivery.source() != subscription.orElseThrow().source();
        if (elsewhere || !peer.peerHas(tag) && peer.peersAreAll()) {
            back.add(delivery);
            return;
        }
        subscription.orElseThrow().adopt(List.of(delivery));
        Object state = peer.peersState(tag);
        Optional<Outcome> outcome = state instanceof TransactionalState ? Optional.empty() : outcomes.of(state);
        if (!peer.peerHas(tag)) {
            unsaid.put(tag, delivery);
        } else if (outcome.isEmpty()) {
            waiting.add(new Next(tag, Optional.of(delivery), Optional.empty()));
        } else {
            apply(tag, delivery, (DeliveryState) state, outcome.get());
        }
        stated.put(tag, outcome.isPresent() ? (DeliveryState) state : Reattachment.fromTheBeginning());
    }

    private void apply(Binary tag, Delivery delivery, DeliveryState state, Outcome outcome) {
        Outcomes.note(state, delivery);
        applying++;
        session.broker().settle(delivery, outcome, Reply.of(done -> {
            applying--;
            waiting.add(new Next(tag, Optional.empty(), Optional.of(state)));
            loop().post(goOn);
        }, refusal -> applying--));
    }

    /** Whether messages may be sent beside those that are resumed, when all of these have been. */
    boolean newOnes() {
        return reattachment.map(Reattachment::newOnes).orElse(true);
    }

    /** Resumes as many as the link's credit allows, of which {@code taken} is used already; whether there are none left. */
    boolean go(int taken) {
        int credit = link.getCredit() - taken - again.size();
        List<Delivery> messages = new ArrayList<>(0);
        while (credit-- > 0 && !waiting.isEmpty()) {
            Next next = waiting.remove();
            next.outcome().ifPresent(outcome -> tell(next.tag(), outcome));
            next.delivery().ifPresent(delivery -> {
                again.put(delivery, next.tag());
                messages.add(delivery);
            });
        }
        if (!messages.isEmpty()) {
            subscription.orElseThrow().again(messages, lost -> {
                again.remove(lost);
                loop().post(goOn);
            });
        }
        return waiting.isEmpty() && again.isEmpty() && applying == 0;
    }

    /** A transfer without a message: it brings the outcome and settles. */
    private void tell(Binary tag, DeliveryState outcome) {
        reattachment.orElseThrow().resume(tag);
        org.apache.qpid.proton.engine.Delivery sent = link.delivery(tag.getArray());
        sent.disposition(outcome);
        link.advance();
        sent.settle();
        session.connection().engine().changed();
    }

    /** The tag for a message that is about to be sent: the one it had, if it is resumed. */
    byte[] tag(Delivery delivery) {
        Binary had = again.remove(delivery);
        if (had == null) {
            return tags.take();
        }
        reattachment.orElseThrow().resume(had);
        return had.getArray();
    }

    /** A message that was to be resumed is not sent. */
    void notSent(Delivery delivery) {
        again.remove(delivery);
    }

    Tags tags() {
        return tags;
    }

    /** Leaves what is unsettled, but for what was handed out in a transaction; the rest is as it was. */
    void leave(Acquisition acquisition, Keep.End how) {
        if (left.isPresent()) {
            abandon(how);
        }
        if (subscription.isEmpty()) {
            return;
        }
        Map<Binary, Delivery> unsettled = new LinkedHashMap<>();
        for (org.apache.qpid.proton.engine.Delivery sent = link.head(); sent != null; sent = sent.next()) {
            if (sent.getContext() instanceof Delivery && !acquisition.holds(sent)) {
                unsettled.put(new Binary(sent.getTag()), (Delivery) sent.getContext());
            }
        }
        again.forEach((delivery, tag) -> unsettled.put(tag, delivery));
        waiting.forEach(next -> next.delivery().ifPresent(delivery -> unsettled.put(next.tag(), delivery)));
        unsettled.putAll(unsaid);
        Set<Delivery> parted = new HashSet<>(subscription.get().part(List.copyOf(unsettled.values())));
        unsettled.values().retainAll(parted);
        KeptSource kept = new KeptSource(session.connection().connection().broker(), loop(), tags, unsettled);
        if (!standing.leave(kept, how)) {
            kept.giveUp();
        }
    }

    /** The link ends before what was left could be looked at: it stays left. */
    private void abandon(Keep.End how) {
        left.filter(kept -> !standing.leave(kept, how)).ifPresent(KeptSource::giveUp);
        left = Optional.empty();
    }

    /** The link is refused: nobody wants what was left. */
    void refused() {
        left.ifPresent(KeptSource::giveUp);
        left = Optional.empty();
    }

    void letGo() {
        standing.letGo();
    }
}
