package io.delos.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who gets the next message: consumers by priority, those of one priority in turn, a message group always the same one. Owned by the
 * queue's loop.
 */
final class Dispatcher {

    private final Queue queue;
    private final List<Consumer> consumers = new ArrayList<>();
    /** Made with the first group: there may be very many queues. */
    private Map<String, Consumer> groups = Map.of();
    private boolean exclusive;
    private boolean selective;
    private int turn;
    private boolean stopped;

    Dispatcher(Queue queue) {
        this.queue = queue;
    }

    /** Whether it has credit, and does not hold too much; the latter is noted, since only time or an acknowledgement elsewhere ends it. */
    boolean ready(Consumer consumer) {
        if (!consumer.ready()) {
            return false;
        }
        boolean stops = consumer.holdsTooMuch(queue);
        stopped |= stops;
        return !stops;
    }

    /** Whether somebody was passed over since this was asked last because he holds too much. */
    boolean passedOver() {
        boolean was = stopped;
        stopped = false;
        return was;
    }

    void exclusive(boolean only) {
        exclusive = only;
    }

    void attach(Consumer consumer) {
        int at = 0;
        while (at < consumers.size() && consumers.get(at).priority() >= consumer.priority()) {
            at++;
        }
        consumers.add(at, consumer);
        selective |= consumer.selective();
    }

    boolean detach(Consumer consumer) {
        boolean was = consumers.remove(consumer);
        if (!groups.isEmpty()) {
            groups.values().removeIf(owner -> owner == consumer);
        }
        selective = consumers.stream().anyMatch(Consumer::selective);
        return was;
    }

    /** The consumer sent this entry back for others. */
    void refused(Consumer consumer, Entry entry) {
        consumer.refuse(entry);
        selective = true;
    }

    int count() {
        return consumers.size();
    }

    /** How many, from the first of {@link #all}, may be given anything. */
    int candidates() {
        return exclusive ? Math.min(1, consumers.size()) : consumers.size();
    }

    /** Whether one of them does not want everything. */
    boolean selective() {
        return selective;
    }

    List<Consumer> all() {
        return consumers;
    }

    /** Whether somebody can be handed a message now. */
    boolean anyReady() {
        for (int i = 0; i < consumers.size(); i++) {
            if (ready(consumers.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether one message refused may still be followed by one that somebody takes. */
    boolean mayTakeLater(Entry refused) {
        return selective || !refused.message().group().isEmpty() || !groups.isEmpty();
    }

    /**
     * The consumer for this entry; null if nobody can take it now.
     *
     * @param ahead whether others come before it that are not in memory: then only for those who have looked at them
     */
    Consumer pick(Entry entry, boolean ahead) {
        String group = entry.message().group();
        if (group.isEmpty()) {
            return next(entry, ahead);
        }
        Consumer owner = groups.get(group);
        if (owner != null) {
            return takes(owner, entry, ahead) ? owner : null;
        }
        Consumer chosen = next(entry, ahead);
        if (chosen != null) {
            if (groups.isEmpty()) {
                groups = new HashMap<>();
            }
            groups.put(group, chosen);
        }
        return chosen;
    }

    private boolean takes(Consumer consumer, Entry entry, boolean ahead) {
        return ready(consumer) && (!ahead || consumer.selective() && consumer.seen(entry.priority()) > entry.order)
                && consumer.wants(entry);
    }

    private Consumer next(Entry entry, boolean ahead) {
        int size = candidates();
        int from = 0;
        while (from < size) {
            int to = endOfPriority(from, size);
            int among = to - from;
            for (int i = 0; i < among; i++) {
                int at = (turn + i) % among;
                Consumer candidate = consumers.get(from + at);
                if (takes(candidate, entry, ahead)) {
                    turn = at + 1;
                    return candidate;
                }
            }
            from = to;
        }
        return null;
    }

    private int endOfPriority(int from, int size) {
        int to = from + 1;
        while (to < size && consumers.get(to).priority() == consumers.get(from).priority()) {
            to++;
        }
        return to;
    }
}
