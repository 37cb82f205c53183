package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Subscription;
import io.delos.core.ConsumerPacket.Acknowledge;
import io.delos.core.ConsumerPacket.CloseConsumer;
import io.delos.core.ConsumerPacket.CreateConsumer;
import io.delos.core.ConsumerPacket.Expired;
import io.delos.core.ConsumerPacket.FlowTokens;
import io.delos.core.ConsumerPacket.ForceDelivery;
import io.delos.queue.Delivery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A session's consumers by the numbers its client gave them; owned by the connection's loop (section 8). */
final class CoreConsumers {
    /** The client says that the message is too old; if our clock disagrees, at least not to this consumer again. */
    private static final Outcome EXPIRED_THERE = new Outcome(Outcome.Kind.RELEASED, false, true);

    private final CoreSession session;
    private final Map<Long, CoreConsumer> consumers = new LinkedHashMap<>();
    private final Reply<Void> unanswered;
    private boolean started;

    CoreConsumers(CoreSession session) {
        this.session = session;
        this.unanswered = Reply.of(done -> { }, this::failed);
    }

    void handle(ConsumerPacket packet) throws MalformedPacketException {
        if (packet instanceof Acknowledge acknowledge) {
            acknowledge(acknowledge);
            return;
        }
        if (packet instanceof CreateConsumer create) {
            create(create);
            return;
        }
        CoreConsumer consumer = consumers.get(packet.consumer());
        if (packet instanceof CloseConsumer close) {
            close(close);
        } else if (packet instanceof FlowTokens tokens) {
            if (consumer != null) {
                consumer.addCredit(tokens.credits());
            }
        } else if (packet instanceof ForceDelivery force) {
            if (consumer != null) {
                consumer.forceDelivery(force.sequence());
            }
        } else if (packet instanceof Expired expired) {
            if (consumer != null) {
                consumer.take(expired.message())
                        .forEach(delivery -> session.broker().settle(delivery, EXPIRED_THERE, session.answering(false)));
            }
        } else {
            throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
        }
    }

    private void create(CreateConsumer request) {
        if (consumers.containsKey(request.consumer())) {
            refuse(request, new BrokerException(Reason.INVALID_REQUEST, "the session has a consumer " + request.consumer()));
            return;
        }
        CoreConsumer consumer = new CoreConsumer(session, request.consumer(), request.browse());
        SubscribeRequest subscribe = SubscribeRequest.of(CoreQueues.queueOf(session.plain(request.queue())), 0)
                .withByteCredit(0, MessagePacket.Receive.OVERHEAD)
                .withSelector(request.filter().orElse("")).withPriority(request.priority());
        session.hold();
        session.broker().subscribe(request.browse() ? subscribe.browse() : subscribe, consumer, Reply.of(
                subscription -> created(request, consumer, subscription),
                refusal -> {
                    refuse(request, refusal);
                    session.release();
                }));
    }

    private void created(CreateConsumer request, CoreConsumer consumer, Subscription subscription) {
        consumers.put(request.consumer(), consumer);
        consumer.attach(subscription);
        subscription.describe(Long.toString(request.consumer()));
        if (request.answer()) {
            CoreQueues.describe(session, subscription.queue(), answer -> {
                session.send(answer);
                ready(consumer);
            });
        } else {
            ready(consumer);
        }
    }

    private void ready(CoreConsumer consumer) {
        consumer.want(flows(consumer));
        session.release();
    }

    private void refuse(CreateConsumer request, BrokerException refusal) {
        if (request.answer()) {
            session.send(CoreErrors.failed(CoreErrors.codeForConsumer(refusal.reason()), refusal.getMessage()));
        } else {
            session.log(refusal);
        }
    }

    /** The broker ended this consumer. */
    void gone(long id) {
        consumers.remove(id);
    }

    private void close(CloseConsumer request) {
        CoreConsumer consumer = consumers.remove(request.consumer());
        if (consumer == null) {
            session.broker().afterAll(session::done);
            return;
        }
        session.hold();
        consumer.close(Reply.of(done -> closed(), refusal -> closed()));
    }

    private void closed() {
        session.done();
        session.release();
    }

    void closeAll(Runnable then) {
        Countdown countdown = new Countdown(consumers.size(), () -> session.broker().afterAll(then));
        List.copyOf(consumers.values()).forEach(consumer -> consumer.close(countdown.reply()));
        consumers.clear();
        countdown.arrived();
    }

    private boolean flows(CoreConsumer consumer) {
        return started || consumer.browsing();
    }

    /** Something changed that decides whether messages flow. */
    void updateDelivery() {
        consumers.values().forEach(consumer -> consumer.want(flows(consumer)));
    }

    void start() {
        started = true;
        updateDelivery();
    }

    /** Runs {@code then} when nothing more will be written, except for browsers. */
    void stop(Runnable then) {
        started = false;
        shut(then);
    }

    private void shut(Runnable then) {
        session.hold();
        List<CoreConsumer> taking = consumers.values().stream().filter(consumer -> !consumer.browsing()).toList();
        Countdown countdown = new Countdown(taking.size(), () -> session.broker().afterAll(() -> {
            then.run();
            session.release();
        }));
        for (CoreConsumer consumer : taking) {
            consumer.want(false);
            consumer.whenShut(countdown::arrived);
        }
        countdown.arrived();
    }

    /** Gives back everything delivered and not acknowledged, then runs {@code then}; delivery pauses meanwhile. */
    void giveBackAll(boolean firstWasDelivered, Runnable then) {
        shut(() -> {
            session.hold();
            Countdown countdown = new Countdown(0, () -> {
                then.run();
                session.release();
            });
            consumers.values().forEach(consumer -> consumer.giveBack(firstWasDelivered, countdown));
            countdown.arrived();
        });
    }

    private void acknowledge(Acknowledge packet) {
        CoreConsumer consumer = consumers.get(packet.consumer());
        if (consumer != null && consumer.browsing()) {
            if (packet.answer()) {
                session.broker().afterAll(session::done);
            }
            return;
        }
        List<Delivery> deliveries = consumer == null ? List.of()
                : packet.individual() ? consumer.take(packet.message()) : consumer.takeUpTo(packet.message());
        if (deliveries.isEmpty()) {
            unknown(packet);
            return;
        }
        Reply<Void> reply = packet.answer() ? Reply.of(done -> session.done(), this::refused) : unanswered;
        session.transactions().accept(deliveries, reply);
    }

    private void failed(BrokerException refusal) {
        session.transactions().acknowledgementFailed(refusal);
    }

    private void refused(BrokerException refusal) {
        failed(refusal);
        session.fail(refusal);
    }

    private void unknown(Acknowledge packet) {
        if (session.request().preAcknowledge()) {
            return;
        }
        BrokerException refusal = new BrokerException(Reason.INVALID_REQUEST,
                "consumer " + packet.consumer() + " has no unacknowledged message " + packet.message());
        failed(refusal);
        if (packet.answer()) {
            session.broker().afterAll(() -> session.fail(refusal));
        }
    }
}
