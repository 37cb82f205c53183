package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Repetition;
import io.delos.broker.Reply;
import io.delos.message.Message;
import io.delos.openwire.Command.ProducerInfo;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.Id.SessionId;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A client's producers and what they send (section 8); owned by its connection's loop. */
final class Producers {

    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    /** Properties that mean something to the broker. */
    private static final String[] KNOWN = {DUPLICATE_ID, Repetition.DELAY, Repetition.PERIOD, Repetition.REPEAT, Repetition.CRON, Repetition.JOB};
    private static final Object[] NOTHING_KNOWN = new Object[KNOWN.length];
    /** What a message is at least reckoned to weigh in a producer's window, by both sides. */
    private static final int WEIGHT = 1024;

    private final Member member;
    private final byte[] clientId;
    /** Whether messages say who really sent them. */
    private final boolean stamps;
    private final Map<ProducerId, Producer> producers = new HashMap<>();
    private final Producer unknown;
    private final Scheduler scheduler;

    Producers(Member member) {
        this.member = member;
        this.clientId = ModifiedUtf.encode(member.info().clientId());
        this.stamps = member.connection().broker().config().security().populateValidatedUser();
        this.scheduler = new Scheduler(member);
        this.unknown = new Producer(member, Optional.empty(), 0);
    }

    // producers

    void open(ProducerInfo info) throws MalformedFrameException {
        List<WireDestination> parts = info.destination().present() ? info.destination().parts() : List.of();
        Reply<Void> opened = Reply.of(done -> {
            if (!producers.containsKey(info.producer())) {
                Producer producer = new Producer(member, Optional.of(info.producer()), info.window());
                producers.put(info.producer(), producer);
                announce(producer, info, parts);
            }
            member.line().done(info.head());
        }, refusal -> member.line().refuse(info.head(), refusal));
        if (info.destination().present()) {
            admit(parts, 0, member.line().holding(opened));
        } else {
            opened.done(null);
        }
    }

    /** Part by part, because the first one missing is what the client is told. */
    private void admit(List<WireDestination> parts, int next, Reply<Void> done) {
        if (next == parts.size()) {
            done.done(null);
            return;
        }
        WireDestination part = parts.get(next);
        if (part.advisory() || part.scheduler()) {
            admit(parts, next + 1, done);
            return;
        }
        String target = member.destinations().target(part);
        if (!target.equals(member.destinations().name(part))) {
            // a subscription that is there
            member.session().checkSend(target, Reply.of(permitted -> admit(parts, next + 1, done), done::failed));
            return;
        }
        member.session().checkSend(target, Reply.of(
                permitted -> member.destinations().ensure(part, Reply.of(there -> admit(parts, next + 1, done), done::failed)),
                done::failed));
    }

    private void announce(Producer producer, ProducerInfo info, List<WireDestination> parts) {
        if (member.protocol().options().supportAdvisory()) {
            producer.announced(parts.stream().filter(part -> !part.advisory()).toList());
            producer.announced().forEach(part -> member.protocol().advisories().produces(producer, info.producer(), info.window(), part));
        }
    }

    private void retract(Producer producer) {
        producer.announced().forEach(part -> member.protocol().advisories().producesNoMore(producer, part));
    }

    void close(ProducerId id) {
        Optional.ofNullable(producers.remove(id)).ifPresent(this::retract);
    }

    void closeAll(SessionId session) {
        closeThose(id -> id.connection().equals(session.connection()) && id.session() == session.value());
    }

    /** The connection is over. */
    void closeAll() {
        closeThose(id -> true);
    }

    private void closeThose(Predicate<ProducerId> which) {
        producers.entrySet().removeIf(producer -> {
            boolean closes = which.test(producer.getKey());
            if (closes) {
                retract(producer.getValue());
            }
            return closes;
        });
    }

    // messages

    void send(ByteBuf frame) throws MalformedFrameException {
        Wire wire = member.line().wire();
        byte[] room = StoredMessage.room(frame, clientId);
        WireMessage.Sent sent = StoredMessage.parse(room, clientId.length, wire);
        WireMessage message = sent.message();
        Producer producer = message.labels().producer().map(producers::get).orElse(unknown);
        Reply<Void> answer = answer(sent, producer);
        Optional<Transactions.Open> transaction = sent.transaction().flatMap(member.transactions()::find);
        if (sent.transaction().isPresent() && transaction.isEmpty()) {
            answer.failed(Transactions.unknown(sent.transaction()));
            return;
        }
        WireDestination destination = message.labels().destination();
        if (!destination.present()) {
            throw new MalformedFrameException("a message without a destination");
        }
        if (destination.scheduler()) {
            scheduler.ask(message, answer);
            return;
        }
        boolean patient = transaction.isEmpty() && (sent.head().answer() || producer.windowed());
        if (!destination.composite() && !stamps) {
            StoredMessage.seal(room, clientId.length, wire, sent);
            send(producer, new Wanted(message, destination, room), new Told(transaction, answer, patient));
            return;
        }
        List<WireDestination> parts = destination.parts();
        Reply<Void> each = afterAll(parts.size(), answer);
        WireMessage stamped = stamps ? message.withUser(member.connection().client().user()) : message;
        for (WireDestination part : parts) {
            byte[] copy = StoredMessage.encode(parts.size() > 1 ? stamped.redirected(part) : stamped, clientId);
            send(producer, new Wanted(message, part, copy), new Told(transaction, each, patient));
        }
    }

    /** A message, where it goes, and as what it is stored. */
    private record Wanted(WireMessage message, WireDestination destination, byte[] stored) { }

    /** What it is a part of, and who waits for it. */
    private record Told(Optional<Transactions.Open> transaction, Reply<Void> answer, boolean patient) { }

    private void send(Producer producer, Wanted wanted, Told told) throws MalformedFrameException {
        Slice properties = wanted.message.body().properties();
        Object[] known = properties.present() ? Primitives.checked(properties, KNOWN) : NOTHING_KNOWN;
        try {
            // what the broker has scheduled, and is sent on as it was received, is not scheduled again
            Optional<Repetition> repetition = known[5] != null ? Optional.empty() : Repetition.of(known[1], known[2], known[3], known[4]);
            Message envelope = envelope(wanted, known[0], known[5] == null && repetition.isEmpty() ? known[1] : null);
            producer.send(new Outgoing(wanted.destination, envelope, repetition, told.transaction, told.answer), told.patient);
        } catch (BrokerException unreadable) {
            told.transaction.ifPresent(transaction -> transaction.failed(unreadable));
            told.answer.failed(unreadable);
        }
    }

    private Message envelope(Wanted wanted, Object duplicateId, Object delay) {
        WireMessage message = wanted.message;
        WireDestination destination = wanted.destination;
        WireMessage.Terms terms = message.terms();
        Message.Builder builder = Message.of(OpenWireFormat.OPENWIRE, wanted.stored).address(member.destinations().target(destination))
                .routing(destination.routing()).durable(terms.persistent()).priority(terms.priority()).expiration(terms.expiration())
                .timestamp(terms.timestamp()).group(message.labels().group());
        if (delay instanceof Number millis && millis.longValue() > 0) {
            builder.deliverAt(System.currentTimeMillis() + millis.longValue());
        }
        if (duplicateId != null) {
            builder.duplicateId(duplicateId.toString());
        } else if (member.info().faultTolerant() && member.protocol().options().detectDuplicates() && !destination.temporary()) {
            message.labels().id().ifPresent(id -> builder.duplicateId(id.view()));
        }
        return builder.build();
    }

    /** What the client hears when the message is where it belongs. */
    private Reply<Void> answer(WireMessage.Sent sent, Producer producer) {
        WireMessage.Body body = sent.message().body();
        int weight = WEIGHT + Math.max(0, body.content().length()) + Math.max(0, body.properties().length());
        Optional<ProducerId> id = sent.message().labels().producer();
        return Reply.of(done -> {
            if (sent.head().answer()) {
                member.line().done(sent.head());
            } else if (producer.windowed()) {
                member.line().say(new Answer.ProducerAck(id.orElseThrow(), weight));
            }
        }, refusal -> {
            if (sent.head().answer()) {
                member.line().refuse(sent.head(), refusal);
            } else if (sent.transaction().isEmpty()) {
                member.error(OpenWireErrors.problem(refusal));
            }
        });
    }

    /** A reply for each of several messages that are one to the client; the first refusal counts. */
    private static Reply<Void> afterAll(int count, Reply<Void> answer) {
        return new Reply<>() {
            private int left = count;
            private Optional<BrokerException> first = Optional.empty();

            @Override
            public void done(Void result) {
                left--;
                if (left == 0) {
                    first.ifPresentOrElse(answer::failed, () -> answer.done(null));
                }
            }

            @Override
            public void failed(BrokerException refusal) {
                first = first.isPresent() ? first : Optional.of(refusal);
                done(null);
            }
        };
    }
}
