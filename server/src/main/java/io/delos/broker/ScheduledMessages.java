package io.delos.broker;

import io.delos.config.Permission;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.queue.Sweep;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What waits in queues because its sender wanted it to be delivered later, or again: seen and removed by a client, as far as he may. It goes from queue
 * to queue, a bounded number of messages at a time. Owned by the session's loop, and good for one question.
 */
public final class ScheduledMessages {

    /** Of each queue those are seen that are due next, and no more than these. */
    private static final int MOST = 1000;
    /** How often, and after how many milliseconds, it is looked again for what is just being delivered and put down for the next time. */
    private static final int LOOKS = 200;
    private static final long LOOK_AGAIN = 5;

    private final Broker broker;
    private final Session session;
    private final long from;
    private final long to;

    /** About those that are due within this time, in milliseconds since the epoch, both included. */
    public ScheduledMessages(Broker broker, Session session, long from, long to) {
        this.broker = broker;
        this.session = session;
        this.from = from;
        this.to = to;
    }

    /** One that waits; {@code id} is what its sender called it, or, if it is repeated, what the whole is called. */
    public record Job(String id, Message message) { }

    /** Shows what the user may browse; {@code done} runs when that was all. */
    public void browse(Consumer<Job> visitor, Runnable done) {
        browse(queues(), 0, visitor, done);
    }

    private List<Queue> queues() {
        return broker.routes().queues().stream().filter(queue -> queue.counters().scheduled() > 0).toList();
    }

    private void browse(List<Queue> queues, int next, Consumer<Job> visitor, Runnable done) {
        if (next == queues.size() || session.isClosed()) {
            done.run();
            return;
        }
        Queue queue = queues.get(next);
        queue.loop().post(() -> queue.glance().scheduled(MOST, seen -> within(seen.message()), found -> session.post(() -> {
            found.stream().filter(seen -> !session.isClosed() && may(Permission.BROWSE, seen.message()))
                    .forEach(seen -> visitor.accept(new Job(id(seen.message()), timetable().asSent(seen.message()))));
            browse(queues, next + 1, visitor, done);
        })));
    }

    /** Removes what the user may consume, or of that only what is called {@code id}; {@code done} is told how many it were. */
    public void remove(Optional<String> id, Reply<Long> done) {
        Predicate<Message> chosen = message -> within(message) && (id.isEmpty() || id.get().equals(id(message))) && may(Permission.CONSUME, message);
        remove(chosen, id.isPresent() ? LOOKS : 1, done);
    }

    private void remove(Predicate<Message> chosen, int looks, Reply<Long> done) {
        remove(queues(), 0, chosen, 0, Reply.of(removed -> {
            if (removed == 0 && looks > 1 && timetable().delivers()) {
                session.loop().schedule(() -> remove(chosen, looks - 1, done), LOOK_AGAIN);
            } else {
                done.done(removed);
            }
        }, done::failed));
    }

    private void remove(List<Queue> queues, int next, Predicate<Message> chosen, long removed, Reply<Long> done) {
        if (next == queues.size()) {
            done.done(removed);
            return;
        }
        Sweep.Choice choice = new Sweep.Choice() {
            @Override
            public boolean scheduledOnly() {
                return true;
            }

            @Override
            public boolean takes(Message message) {
                return chosen.test(message);
            }
        };
        broker.messages().remove(new QueueMessages.Order(queues.get(next), choice, Long.MAX_VALUE, session.loop(), Reply.of(
                count -> remove(queues, next + 1, chosen, removed + count, done), done::failed)));
    }

    /** Not what waits because it was tried in vain. */
    private boolean within(Message message) {
        return message.deliverAt() > 0 && message.deliverAt() >= from && message.deliverAt() <= to;
    }

    private boolean may(Permission permission, Message message) {
        return session.refusal(permission, message.address()).isEmpty();
    }

    private String id(Message message) {
        return timetable().job(message).orElseGet(() -> {
            Object id = broker.formats().property(message, "AMQUserID");
            return id == null ? "" : id.toString();
        });
    }

    private Timetable timetable() {
        return broker.timetable();
    }
}
