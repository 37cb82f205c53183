package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.message.LargeBody;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Brings large messages into memory for a subscription whose protocol takes them whole, one at a time and in order. Owned by the session's
 * loop. One that is larger than any message in memory may be goes to the dead-letter address.
 */
final class WholeBodies {

    private static final Logger LOG = LogManager.getLogger(WholeBodies.class);

    private final Session session;
    private final Broker broker;
    private Sink sink;
    private final Subscription subscription;
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
    private final List<Runnable> onIdle = new ArrayList<>(0);
    private Optional<Loading> loading = Optional.empty();
    private boolean closed;

    /** One that is being read. */
    private final class Loading {
        private final Delivery delivery;
        private final OutgoingBody body;
        private final byte[] bytes;
        private int length;

        Loading(Delivery delivery, OutgoingBody body) {
            this.delivery = delivery;
            this.body = body;
            this.bytes = new byte[(int) body.left()];
        }

        void goOn() {
            if (body.left() == 0) {
                end();
                whole(delivery, bytes);
                next();
            } else {
                body.read(body.portion(), piece -> {
                    length += piece.moveTo(bytes, length);
                    goOn();
                }, damage -> {
                    end();
                    refuse(delivery, damage.getMessage());
                    next();
                });
            }
        }

        private void end() {
            loading = Optional.empty();
            body.close();
            broker.wholeLoads().release();
        }
    }

    WholeBodies(Session session, Broker broker, Sink sink, Subscription subscription) {
        this.session = session;
        this.broker = broker;
        this.sink = sink;
        this.subscription = subscription;
    }

    /** Whether some wait, so that others must wait behind them. */
    boolean busy() {
        return !waiting.isEmpty() || loading.isPresent();
    }

    /** Runs a task when nothing waits here any more. */
    void whenIdle(Runnable task) {
        if (busy()) {
            onIdle.add(task);
        } else {
            task.run();
        }
    }

    private void idle() {
        List<Runnable> tasks = List.copyOf(onIdle);
        onIdle.clear();
        tasks.forEach(Runnable::run);
    }

    /** Whether one of these is to be read first. */
    boolean needed(List<Delivery> burst) {
        for (int i = 0; i < burst.size(); i++) {
            if (needed(burst.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean needed(Delivery delivery) {
        return delivery.message().large() && !sink.streams(delivery.message());
    }

    void deliver(List<Delivery> burst) {
        boolean idle = !busy();
        waiting.addAll(burst);
        if (idle) {
            next();
        }
    }

    private void next() {
        while (!closed && !waiting.isEmpty() && loading.isEmpty()) {
            Delivery delivery = waiting.peek();
            if (!needed(delivery)) {
                sink.deliver(List.of(waiting.remove()));
            } else if (delivery.message().encodedLength() > broker.largestInMemory()) {
                waiting.remove();
                refuse(delivery, delivery.message().encodedLength() + " bytes, and at most " + broker.largestInMemory()
                        + " can be had in memory for a client of " + session.client().protocol());
            } else if (broker.wholeLoads().take(session.loop(), this::ourTurn)) {
                load(waiting.remove());
            } else {
                return;
            }
        }
        if (!closed && !busy()) {
            subscription.report();
            idle();
        }
    }

    private void ourTurn() {
        if (closed) {
            broker.wholeLoads().passOn();
        } else {
            next();
        }
    }

    private void load(Delivery delivery) {
        Optional<OutgoingBody> body = session.read(delivery.message().body());
        if (body.isEmpty()) {
            broker.wholeLoads().release();
            refuse(delivery, "its body is gone");
            return;
        }
        Loading made = new Loading(delivery, body.get());
        loading = Optional.of(made);
        made.goOn();
    }

    private void whole(Delivery delivery, byte[] body) {
        Message message = delivery.message();
        byte[] bytes = broker.formats().of(message.format()).whole(message, body);
        delivery.message(message.toBuilder().body(LargeBody.NONE).encoded(message.format(), bytes).build());
        sink.deliver(List.of(delivery));
    }

    /** The client never sees it, so it cost nothing. */
    private void refuse(Delivery delivery, String why) {
        subscription.credit(1, delivery.charge());
        if (delivery.browsed()) {
            LOG.warn("Large message {} of queue {} is not shown to a browser: {}", delivery.messageId(), delivery.queue(), why);
            return;
        }
        LOG.warn("Large message {} of queue {} can't be delivered to a client of {} and goes to the dead-letter address: {}",
                delivery.messageId(), delivery.queue(), session.client().protocol(), why);
        session.settle(delivery, Outcome.REJECTED, Reply.ignored());
    }

    /** What waits is settled by the subscription, which has it in its list. */
    void close() {
        closed = true;
        sink = Sink.NONE;
        waiting.clear();
        loading.ifPresent(Loading::end);
        idle();
    }

    /** Lets one body after the other be in memory whole. Any thread. */
    static final class Loads {
        private final ArrayDeque<Runnable> line = new ArrayDeque<>();
        private boolean taken;

        /** Whether it is the caller's turn; if not, {@code again} runs on {@code loop} when it may be. */
        synchronized boolean take(Loop loop, Runnable again) {
            if (taken) {
                line.add(() -> loop.post(again));
                return false;
            }
            taken = true;
            return true;
        }

        synchronized void release() {
            taken = false;
            passOn();
        }

        /** The next one's turn, if it is anybody's. */
        synchronized void passOn() {
            Runnable next = taken ? null : line.poll();
            if (next != null) {
                next.run();
            }
        }
    }
}
