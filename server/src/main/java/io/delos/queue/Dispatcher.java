package io.delos.queue;

import io.delos.config.QueueConfig;
import io.delos.message.Formats;
import java.util.ArrayList;
import java.util.List;

/**
 * Who gets the next message: consumers by priority, those of one priority in turn, a message group always the same one. Owned by the
 * queue's loop.
 */
final class Dispatcher {

    private final Queue queue;
    private final List<Consumer> consumers = new ArrayList<>();
    private final Groups groups;
    private final Gate gate;
    /** Whether the queue's own attribute says so; otherwise its consumers do. */
    private boolean exclusiveQueue;
    private boolean exclusive;
    /** The only consumer of an exclusive queue, once it has been told which message is its first. */
    private Consumer told;
    private boolean first;
    private boolean selective;
    private int turn;
    private boolean stopped;

    Dispatcher(Queue queue, Formats formats) {
        this.queue = queue;
        this.groups = new Groups(formats);
        this.gate = new Gate(queue);
    }

    /** Goes by these attributes from now on. */
    void configure(QueueConfig config) {
        groups.configure(config);
        gate.configure(config, consumers.size());
        exclusiveQueue = config.exclusive();
        share();
    }

    /** What was one consumer's alone is all consumers' if nobody says otherwise any more. */
    private void share() {
        boolean was = exclusive;
        exclusive = exclusiveQueue || consumers.stream().anyMatch(Consumer::exclusive);
        if (was && !exclusiveQueue) {
            consumers.sort(this::compare);
        }
    }

    /** Who is served first: those that want the queue for themselves, if it isn't one consumer's anyway, and then by priority. */
    private int compare(Consumer one, Consumer other) {
        int wish = exclusiveQueue ? 0 : Boolean.compare(other.exclusive(), one.exclusive());
        return wish != 0 ? wish : Integer.compare(other.priority(), one.priority());
    }

    Groups groups() {
        return groups;
    }

    /** Whether anything may be handed out now. */
    boolean open() {
        return gate.isOpen(groups);
    }

    /** Whether nothing is handed out until all that was is back or gone. */
    boolean rebalancing() {
        return gate.rebalancing();
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

    void attach(Consumer consumer) {
        // who has an exclusive queue keeps it
        int at = exclusive ? Math.min(1, consumers.size()) : 0;
        while (at < consumers.size() && compare(consumers.get(at), consumer) <= 0) {
            at++;
        }
        consumers.add(at, consumer);
        exclusive |= consumer.exclusive();
        selective |= consumer.selective();
        gate.came(consumer, consumers.size());
        if (groups.rebalances() && gate.rebalance()) {
            groups.clear();
        }
    }

    boolean detach(Consumer consumer) {
        boolean was = consumers.remove(consumer);
        groups.left(consumer);
        if (was) {
            gate.left(consumer, consumers.size());
            if (consumer.exclusive() && !exclusiveQueue && consumers.stream().noneMatch(Consumer::exclusive)) {
                share();
            }
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
        return selective || !exclusive && (!refused.message().group().isEmpty() || !groups.isEmpty());
    }

    /**
     * The consumer for this entry; null if nobody can take it now.
     *
     * @param ahead whether others come before it that are not in memory: then only for those who have looked at them
     */
    Consumer pick(Entry entry, boolean ahead) {
        first = false;
        if (exclusive) {
            return only(entry, ahead);
        }
        Object group = entry.message().group().isEmpty() ? null : groups.of(entry.message());
        if (group == null) {
            return next(entry, ahead);
        }
        Consumer owner = groups.owner(group);
        Consumer chosen = owner == null ? next(entry, ahead) : takes(owner, entry, ahead) ? owner : null;
        if (chosen != null) {
            first = owner == null && groups.marksFirst();
            if (owner == null) {
                groups.give(group, chosen);
            }
            groups.handed(group, entry.message());
        }
        return chosen;
    }

    private Consumer only(Entry entry, boolean ahead) {
        Consumer chosen = next(entry, ahead);
        if (chosen != null && chosen != told && groups.marksFirst()) {
            told = chosen;
            first = true;
        }
        return chosen;
    }

    /** Hands an entry to whom {@link #pick} chose for it. */
    void hand(Consumer chosen, Entry entry) {
        chosen.hand(queue, entry, first ? groups.first(entry.message()) : entry.message());
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
