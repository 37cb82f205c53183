package io.delos.broker;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Delivers messages that are to be delivered more than once. Each waits, with its {@link Occasion}, among what is scheduled in a queue of the broker's own;
 * when it is due, a copy goes where it was sent to, and in the same unit it is put down for the next time. So a crash neither loses nor doubles one.
 * Owned by the control loop.
 */
final class Timetable implements Sink {

    private static final Logger LOG = LogManager.getLogger(Timetable.class);
    private static final String OCCASION = "_AMQ_SCHED_OCCASION";
    private static final int AT_ONCE = 256;
    /** Ids of messages have two numbers, each below this. */
    private static final long NUMBERS = Integer.MAX_VALUE;

    private final Broker broker;
    private final Loop loop;
    private final String name;
    private Optional<Client> client = Optional.empty();
    private Session session;
    private Optional<Subscription> subscription = Optional.empty();

    Timetable(Broker broker) {
        this.broker = broker;
        this.loop = broker.controlLoop();
        this.name = broker.config().general().internalNamingPrefix() + "scheduled";
    }

    // any thread

    /** Where they wait, if there ever was one. */
    Optional<Queue> queue() {
        return broker.routes().queue(name);
    }

    /** What the whole is called that a message is repeated as; empty for one that isn't. */
    Optional<String> job(Message waiting) {
        return Occasion.read(broker.formats().of(waiting.format()).property(waiting, OCCASION)).map(Occasion::job);
    }

    /** The message without what the broker has noted on it to repeat it. */
    Message asSent(Message waiting) {
        if (job(waiting).isEmpty()) {
            return waiting;
        }
        byte[] bytes = broker.formats().of(waiting.format()).again(waiting, id(), OCCASION, Map.of(), 0);
        return waiting.toBuilder().encoded(waiting.format(), bytes).build();
    }

    /** Whether something is just being delivered, and perhaps put down for the next time. */
    boolean delivers() {
        return queue().map(queue -> queue.counters().messages() > queue.counters().scheduled()).orElse(false);
    }

    /** Goes on with what waited when the broker was stopped. */
    void resume() {
        if (queue().isPresent()) {
            loop.post(this::listen);
        }
    }

    /** Makes the place where they wait; {@code done} runs on {@code asker}. */
    void begin(Loop asker, Reply<Queue> done) {
        Reply<QueueInfo> made = Reply.of(info -> {
            loop.post(this::listen);
            queue().ifPresentOrElse(done::done, () -> done.failed(new BrokerException(Reason.UNAVAILABLE, "the queue " + name + " has been deleted")));
        }, done::failed);
        Runnable create = () -> broker.administration().createQueue(QueueRequest.of(name, name, RoutingType.ANYCAST).with("internal", true)
                .with("auto-delete", false), true, false, asker, made);
        broker.administration().createAddress(name, Set.of(RoutingType.ANYCAST), false, asker, Reply.of(there -> create.run(), exists -> create.run()));
    }

    /** The message as it waits for the first time. */
    Message first(Message message, Repetition repetition, long now) {
        long lifetime = message.expiration() == 0 ? 0 : Math.max(1, message.expiration() - now);
        return waiting(message.toBuilder().expiration(0).build(), Occasion.first(repetition, lifetime, id(), now));
    }

    private Message waiting(Message message, Occasion occasion) {
        byte[] bytes = broker.formats().of(message.format()).annotate(message, Map.of(OCCASION, occasion.text()), 0);
        return message.toBuilder().encoded(message.format(), bytes).deliverAt(occasion.due()).build();
    }

    private String id() {
        long number = broker.nextTransaction();
        return "ID:" + broker.nodeId() + ":-2:" + number / NUMBERS + ':' + number % NUMBERS;
    }

    // the loop's own

    private void listen() {
        if (client.isPresent()) {
            return;
        }
        client = Optional.of(broker.openOwnClient(loop));
        session = client.get().openSession();
        // a full address keeps nobody else's messages from being delivered
        session.backPressure(BackPressure.CREDIT);
        session.subscribe(SubscribeRequest.of(name, AT_ONCE), this, Reply.of(made -> subscription = Optional.of(made), this::closed));
    }

    @Override
    public void closed(BrokerException reason) {
        LOG.warn("Messages that are to be delivered repeatedly are not any more: {}", reason.getMessage());
        client.ifPresent(Client::close);
        client = Optional.empty();
        subscription = Optional.empty();
    }

    /** A copy has the body of what it is a copy of. */
    @Override
    public boolean streams(Message large) {
        return true;
    }

    @Override
    public void deliver(List<Delivery> burst) {
        burst.forEach(delivery -> {
            Message waiting = delivery.message();
            Optional<Occasion> occasion = Occasion.read(broker.formats().of(waiting.format()).property(waiting, OCCASION));
            if (occasion.isPresent()) {
                deliver(delivery, waiting, occasion.get(), occasion.get().delivers());
            } else {
                LOG.warn("A message for {} lay in {} that is not to be repeated", waiting.address(), name);
                session.settle(delivery, Outcome.REJECTED, Reply.of(gone -> next(), refusal -> next()));
            }
        });
    }

    private void deliver(Delivery delivery, Message waiting, Occasion occasion, boolean really) {
        Transaction whole = session.begin();
        session.settle(List.of(delivery), Outcome.ACCEPTED, whole, Reply.ignored());
        occasion.following(loop.now()).forEach(next -> putDown(waiting(waiting, next), whole));
        if (really) {
            session.send(copy(waiting, occasion), whole, Reply.of(sent -> commit(whole), refusal -> {
                LOG.warn("A message is not delivered to {} this time: {}", waiting.address(), refusal.getMessage());
                session.rollbackToUnsettled(whole, Reply.of(undone -> deliver(delivery, waiting, occasion, false), failed -> next()));
            }));
        } else {
            commit(whole);
        }
    }

    private void putDown(Message next, Transaction whole) {
        queue().map(queue -> new Queue[] {queue}).filter(targets -> Sender.counted(next, targets)).ifPresent(targets -> {
            whole.add(next, targets);
            session.sent(whole);
        });
    }

    private Message copy(Message waiting, Occasion occasion) {
        long expiration = occasion.lifetime() == 0 ? 0 : loop.now() + occasion.lifetime();
        byte[] bytes = broker.formats().of(waiting.format()).again(waiting, id(), OCCASION, Map.of(Repetition.JOB, occasion.job()), expiration);
        return waiting.toBuilder().encoded(waiting.format(), bytes).expiration(expiration).deliverAt(0).duplicateId("").build();
    }

    private void commit(Transaction whole) {
        session.commit(whole, Reply.of(done -> next(), refusal -> {
            LOG.warn("A message that was due could not be delivered: {}", refusal.getMessage());
            next();
        }));
    }

    private void next() {
        subscription.ifPresent(open -> open.addMessages(1));
    }
}
