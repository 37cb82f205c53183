package io.delos.openwire;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.loop.Loop;
import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Command.MessageAck;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One consumer: a {@link Part} for each destination it reads, and what was sent to it and not yet acknowledged. Owned by its connection's
 * loop. Its prefetch is credit that each part is lent. With a prefetch of 0 the client pulls each message.
 */
final class OpenWireConsumer {

    private final Member member;
    private final Consumers.Numbering numbering;
    private final ConsumerInfo info;
    private final List<Part> parts = new ArrayList<>();
    private final Outstanding outstanding = new Outstanding();
    private int prefetch;
    private Optional<Pull> pull = Optional.empty();
    private boolean closed;

    OpenWireConsumer(Member member, Consumers.Numbering numbering, ConsumerInfo info) {
        this.member = member;
        this.numbering = numbering;
        this.info = info;
        this.prefetch = Math.max(0, info.prefetch());
    }

    ConsumerInfo info() {
        return info;
    }

    Member member() {
        return member;
    }

    /** How many messages each part may have with the client; 0 when the client pulls. */
    int prefetch() {
        return prefetch;
    }

    // beginning

    /** Begins to read one more source. */
    void add(WireDestination destination, Sources.Source source, Reply<Void> done) {
        if (prefetch > 0 && !info.traits().browser() && forbidsPrefetch(destination)) {
            prefetch = 0;
            member.line().say(new Answer.Prefetch(info.consumer(), info.destination(), 0));
        }
        Part part = new Part(this, destination, source);
        parts.add(part);
        SubscribeRequest request = SubscribeRequest.of(source.queue(), info.traits().browser() ? SubscribeRequest.UNLIMITED : prefetch)
                .withSelector(source.selector()).withPriority(info.traits().priority());
        SubscribeRequest alone = info.traits().exclusive() && destination.queue() ? request.alone() : request;
        member.session().subscribe(info.traits().browser() ? request.browse() : alone, part, Reply.of(subscription -> {
            part.attach(subscription);
            done.done(null);
        }, done::failed));
    }

    private boolean forbidsPrefetch(WireDestination destination) {
        return member.connection().broker().settingsFor(member.destinations().name(destination)).observation().queuePrefetch() == 0;
    }

    /** The client knows that it exists; a browser has to be told when it has seen everything. */
    void start() {
        if (member.protocol().options().supportAdvisory()) {
            parts.forEach(part -> part.announce(member.protocol().advisories()));
        }
        if (info.traits().browser()) {
            parts.forEach(Part::browse);
        }
    }

    /** A browser's part has shown everything. */
    void partBrowsed() {
        if (parts.stream().allMatch(Part::browsed)) {
            member.line().say(new Answer.NoMessage(info.consumer()));
        }
    }

    // deliveries

    /** The number the next delivery is known by. */
    long nextSequence() {
        return numbering.next();
    }

    /** A delivery was written. */
    void dispatched(Delivery delivery, long sequence, Part part) {
        if (!delivery.browsed()) {
            outstanding.add(new Dispatched(sequence, delivery, part));
        }
        pull.ifPresent(Pull::answered);
    }

    void writable() {
        if (info.traits().browser()) {
            parts.forEach(Part::writable);
        }
    }

    // credit

    /** Another prefetch from now on. */
    void prefetch(int wanted) {
        int change = Math.max(0, wanted) - prefetch;
        prefetch += change;
        if (!info.traits().browser()) {
            parts.forEach(part -> part.changeCredit(change));
        }
    }

    /** Asks for one message; the timeout as {@link Command.MessagePull} has it. */
    void pull(long timeout) {
        if (prefetch > 0 || closed) {
            return;
        }
        boolean lent = pull.isPresent();
        pull.ifPresent(Pull::answered);
        Pull asked = new Pull(timeout);
        pull = Optional.of(asked);
        if (!lent) {
            parts.forEach(Part::lendOne);
        }
        asked.start();
    }

    /** One question for a message. */
    private final class Pull {
        private final long timeout;
        private Optional<Loop.Timer> timer = Optional.empty();

        private Pull(long timeout) {
            this.timeout = timeout;
        }

        private void start() {
            if (timeout < 0) {
                drain(0);
            } else if (timeout > 0) {
                timer = Optional.of(member.connection().loop().schedule(() -> drain(0), timeout));
            }
        }

        private boolean open() {
            return pull.isPresent() && pull.get() == this && !closed;
        }

        private void answered() {
            timer.ifPresent(Loop.Timer::cancel);
            pull = Optional.empty();
        }

        /** Has what is there delivered, part by part; if that was nothing, says so. */
        private void drain(int next) {
            if (!open()) {
                return;
            }
            if (next < parts.size()) {
                parts.get(next).drain(() -> drain(next + 1));
            } else {
                answered();
                member.line().say(new Answer.NoMessage(info.consumer()));
            }
        }
    }

    // acknowledgements

    void acknowledge(MessageAck ack, Optional<Transactions.Open> transaction) {
        List<Dispatched> messages = outstanding.range(ack.kind() == MessageAck.INDIVIDUAL ? ack.last() : ack.first(), ack.last());
        switch (ack.kind()) {
            case MessageAck.DELIVERED -> {
                messages.forEach(Dispatched::credit);
                member.line().done(ack.head());
            }
            case MessageAck.STANDARD, MessageAck.INDIVIDUAL, MessageAck.UNMATCHED -> {
                if (transaction.isPresent()) {
                    acknowledge(messages, transaction.get());
                    member.line().done(ack.head());
                } else {
                    settle(messages, Outcome.ACCEPTED, member.line().answering(ack.head()));
                }
            }
            case MessageAck.POISON -> settle(messages, Outcome.REJECTED, member.line().answering(ack.head()));
            // what has expired goes back, and its queue will see that it has
            case MessageAck.EXPIRED -> settle(messages, Outcome.RELEASED, member.line().answering(ack.head()));
            default -> member.line().done(ack.head());
        }
    }

    private void settle(List<Dispatched> messages, Outcome outcome, Reply<Void> answer) {
        List<Delivery> deliveries = deliveries(messages);
        for (int i = 0; i < messages.size(); i++) {
            Dispatched message = messages.get(i);
            outstanding.remove(message);
            message.credit();
        }
        member.session().settle(deliveries, outcome, answer);
    }

    private static List<Delivery> deliveries(List<Dispatched> messages) {
        if (messages.size() == 1) {
            return List.of(messages.get(0).delivery());
        }
        List<Delivery> deliveries = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            deliveries.add(messages.get(i).delivery());
        }
        return deliveries;
    }

    private void acknowledge(List<Dispatched> messages, Transactions.Open transaction) {
        messages.forEach(message -> message.inTransaction(true));
        transaction.add(this, messages);
        member.session().settle(deliveries(messages), Outcome.ACCEPTED, transaction.use(), Reply.ignored());
    }

    /** Their transaction was committed. */
    void committed(List<Dispatched> messages) {
        messages.forEach(message -> {
            outstanding.remove(message);
            message.credit();
        });
    }

    /** Their transaction failed, and the broker has them again. */
    void gaveBack(List<Dispatched> messages) {
        committed(messages);
    }

    /** Their transaction was rolled back: the client has them and will try again, unless it has closed this consumer. */
    void rolledBack(List<Dispatched> messages) {
        messages.forEach(Dispatched::rolledBack);
        if (closed) {
            returnTried(messages);
        }
    }

    // the end

    /**
     * Closes it. Messages up to the last delivered were tried in vain, others weren't seen.
     *
     * @param done runs when the broker has let go
     */
    void close(long lastDelivered, Runnable done) {
        closed = true;
        pull.ifPresent(Pull::answered);
        List<Dispatched> tried = new ArrayList<>();
        for (Dispatched message : outstanding.all()) {
            if (message.sequence() <= lastDelivered) {
                tried.add(message);
            } else if (message.failures() >= message.delivery().deliveryCount()) {
                tried.add(message); // rolled back before, and not tried since
            }
        }
        returnTried(tried);
        outstanding.clear();
        closeNext(0, done);
    }

    private void closeNext(int next, Runnable done) {
        if (next == parts.size()) {
            done.run();
        } else {
            parts.get(next).close(() -> closeNext(next + 1, done));
        }
    }

    /** Messages that have used up their attempts go to the dead-letter address; the others may be tried again. */
    private void returnTried(List<Dispatched> messages) {
        List<Delivery> again = new ArrayList<>();
        List<Delivery> dead = new ArrayList<>();
        for (Dispatched message : messages) {
            Delivery delivery = message.delivery();
            int most = delivery.source().settings().deadLetters().maxDeliveryAttempts();
            int attempts = Math.max(message.failures(), delivery.deliveryCount());
            (most > 0 && attempts >= most ? dead : again).add(delivery);
        }
        member.session().settle(dead, Outcome.REJECTED, Reply.ignored());
        member.session().settle(again, Outcome.FAILED, Reply.ignored());
    }

    /** The socket is gone: its session gives everything back. */
    void abandon() {
        closed = true;
        pull.ifPresent(Pull::answered);
        parts.forEach(Part::abandon);
    }
}
