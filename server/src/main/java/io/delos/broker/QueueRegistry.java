package io.delos.broker;

import io.delos.config.QueueConfig;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All queues by id, and since when each is idle. The map is read by the journal thread for checkpoints and written by the control loop,
 * before a queue's first message can be written; so whatever a checkpoint's position covers finds its queue here.
 */
final class QueueRegistry {

    private final Map<Long, Queue> queues = new ConcurrentHashMap<>();
    private final Map<Long, Idle> idle = new HashMap<>();
    private final QueueNotice notice = new QueueNotice(Runtime.getRuntime().maxMemory());
    private boolean serving;

    /** What the reaper noted of a queue: since when it has no consumer, and whether the last pass found it a candidate. */
    private static final class Idle {
        long since;
        boolean hadConsumer;
        boolean marked;
    }

    void add(Queue queue) {
        queues.put(queue.id(), queue);
        if (serving) {
            notice.look(queues.size());
        }
    }

    /** Control loop: what a start finds is there; whether that is too much is told once, and from now on with each queue. */
    void serve() {
        serving = true;
        notice.look(queues.size());
    }

    /** Forgets a queue; the answer is the queue, if there was one. */
    Optional<Queue> remove(long id) {
        return Optional.ofNullable(queues.remove(id));
    }

    Collection<Queue> all() {
        return queues.values();
    }

    Map<Long, Queue> byId() {
        return queues;
    }

    /** Control loop: forgets what was noted of queues that are gone. */
    void forgetTheGone() {
        idle.keySet().retainAll(queues.keySet());
    }

    /** Control loop: whether auto-deletion may remove the queue now, by the rule of two passes. */
    boolean unused(Queue queue, long now) {
        QueueConfig config = queue.config();
        boolean goes = config.goesWithLastConsumer() || config.autoDelete() && !config.temporary();
        if (!goes || config.internal()) {
            return false;
        }
        QueueCounters counters = queue.counters();
        Idle state = idle.computeIfAbsent(queue.id(), id -> {
            Idle fresh = new Idle();
            fresh.since = now;
            return fresh;
        });
        if (counters.consumers() > 0) {
            state.hadConsumer = true;
            state.since = now;
            state.marked = false;
            return false;
        }
        boolean used = state.hadConsumer || counters.acknowledged() + counters.expired() + counters.killed() > 0
                || queue.settings().creation().deleteQueuesSkipUsageCheck() || config.goesWithLastConsumer();
        boolean few = config.goesWithLastConsumer() || config.autoDeleteMessageCount() == -1 || counters.messages() <= config.autoDeleteMessageCount();
        boolean candidate = used && few && now - state.since >= config.autoDeleteDelay();
        boolean both = candidate && state.marked;
        state.marked = candidate;
        return both;
    }
}
