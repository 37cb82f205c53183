package io.delos.queue;

import io.delos.config.RoutingType;
import io.delos.direct.DirectAddress;
import io.delos.direct.Fate;
import io.delos.direct.Offer;
import io.delos.direct.Outlet;
import io.delos.message.Formats;
import io.delos.message.Message;
import java.util.List;
import java.util.Optional;

/**
 * A queue on a direct address: what comes is handed to a consumer at once, and what comes back goes to its producer. Owned by the queue's loop,
 * which is the address's.
 */
final class Relay implements Custody, Outlet {

    /** What a message is taken to weigh before any has come, in bytes. */
    private static final int USUAL = 4096;
    /** How much of the usual weight one message makes: an eighth. */
    private static final int SHIFT = 3;

    private final Queue queue;
    private final DirectAddress address;
    private final Dispatcher dispatcher;
    private final Handed handed;
    private final WindowBudget budget;
    private final Formats formats;
    private Consumer picked;
    private int turn;
    private long usual = USUAL;
    private long number;
    private boolean posted;
    private boolean gone;

    Relay(Queue queue, DirectAddress address, Queue.Parts parts, Dispatcher dispatcher, Handed handed) {
        this.queue = queue;
        this.address = address;
        this.dispatcher = dispatcher;
        this.handed = handed;
        this.budget = parts.budget();
        this.formats = parts.formats();
        queue.loop().post(() -> address.add(this));
    }

    @Override
    public void changed() {
        address.changed();
    }

    @Override
    public void close() {
        gone = true;
        address.remove(this);
    }

    @Override
    public boolean anycast() {
        return queue.routingType() == RoutingType.ANYCAST;
    }

    @Override
    public boolean attended() {
        return !gone && queue.config().enabled() && dispatcher.count() > 0;
    }

    @Override
    public long credit() {
        if (!attended() || queue.paused()) {
            return 0;
        }
        long sum = 0;
        List<Consumer> all = dispatcher.all();
        for (int i = 0; i < dispatcher.candidates(); i++) {
            Consumer consumer = all.get(i);
            if (hasRoom(consumer)) {
                sum += consumer.room(usual);
            }
        }
        return sum;
    }

    private static boolean hasRoom(Consumer consumer) {
        return consumer.ready() && consumer.mayHold();
    }

    @Override
    public Answer ask(Message message, boolean promised) {
        if (!attended()) {
            return Answer.NOBODY;
        }
        if (!wanted(message)) {
            return Answer.UNWANTED;
        }
        return queue.paused() ? Answer.NO_CREDIT : pick(message, promised);
    }

    private boolean wanted(Message message) {
        return queue.filter().isEmpty() || queue.filter().get().matches(property -> formats.property(message, property));
    }

    /** The next of those of the highest priority that want it and have credit. */
    private Answer pick(Message message, boolean promised) {
        List<Consumer> all = dispatcher.all();
        int size = dispatcher.candidates();
        Answer answer = Answer.UNWANTED;
        picked = null;
        for (int i = 0; i < size; i++) {
            Consumer consumer = all.get((turn + i) % size);
            if (picked != null && consumer.priority() <= picked.priority() || !consumer.wants(Queue.NO_POSITION, message)) {
                continue;
            }
            if (promised ? consumer.hasCredit() : hasRoom(consumer)) {
                picked = consumer;
                answer = Answer.TAKES;
                if (consumer.priority() == all.get(0).priority()) {
                    turn = (turn + i + 1) % size;
                    break;
                }
            } else if (picked == null) {
                answer = Answer.NO_CREDIT;
            }
        }
        return answer;
    }

    @Override
    public void hand(Offer offer) {
        Message message = offer.message();
        queue.usage().add(message.size());
        take(offer);
    }

    private void take(Offer offer) {
        Message message = offer.message();
        Passing entry = new Passing(number++, offer);
        usual += (message.bytes().length - usual) >> SHIFT;
        queue.counters().entered(message.size(), false);
        handed.add(entry);
        picked.hand(queue, entry, message);
        if (!posted) {
            posted = true;
            queue.loop().post(this::sendBursts);
        }
    }

    @Override
    public void sendBursts() {
        posted = false;
        List<Consumer> all = dispatcher.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).hasBurst()) {
                all.get(i).sendBurst();
            }
        }
    }

    /** A message was put into the queue, and counts at its address; it is passed on or is gone. */
    @Override
    public void enter(Message message, long position) {
        queue.usage().remove(message.size(), 1);
        if (message.large()) {
            queue.cold().strayed(queue.id(), position);
        } else if (!gone) {
            address.pass(this, message);
        }
    }

    @Override
    public void enterStaged(Message message, long position) {
        queue.cold().retain(position, -1);
        enter(message, position);
    }

    @Override
    public void enterStaged(long position, int size, int priority, long deliverAt) {
        queue.usage().remove(size, 1);
        queue.cold().retain(position, -1);
        queue.cold().strayed(queue.id(), position);
    }

    @Override
    public void forget(List<Delivery> settled, boolean acknowledged) {
        settled(settled, Fate.ACCEPTED);
        queue.counters().acknowledged(settled.size());
    }

    @Override
    public void refused(List<Delivery> deliveries) {
        // their producers will hear of it
    }

    @Override
    public void giveBack(List<Delivery> returned, boolean failed) {
        settled(returned, failed ? Fate.FAILED : Fate.RELEASED);
    }

    @Override
    public void reject(List<Delivery> rejected) {
        settled(rejected, Fate.REJECTED);
    }

    /** Consumers are done with these: their producers hear what they said, or else {@code otherwise}. */
    private void settled(List<Delivery> deliveries, Fate otherwise) {
        handed.forget(deliveries);
        for (int i = 0; i < deliveries.size(); i++) {
            Passing entry = (Passing) deliveries.get(i).entry;
            boolean accepted = otherwise.kind() == Fate.Kind.ACCEPTED;
            Optional<Fate> word = entry.word.filter(said -> !accepted && said.kind() != Fate.Kind.ACCEPTED);
            entry.offer.settled(word.orElse(otherwise));
        }
        changed();
    }
}
