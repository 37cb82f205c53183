package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Looks, for management, at those messages of a queue that no browser sees: scheduled ones and those handed out. Owned by the queue's loop. */
public final class Glance {

    private final Queue queue;

    /**
     * A message that was seen.
     *
     * @param messageId     as {@link Delivery#messageId}
     * @param deliveryCount how often it has been handed out
     * @param deliverAt     when it is due, in milliseconds since the epoch; 0 for one that is handed out
     * @param holder        who has it; empty for a scheduled one
     */
    public record Seen(long messageId, Message message, int deliveryCount, long deliverAt, Optional<io.delos.queue.Consumer> holder) { }

    Glance(Queue queue) {
        this.queue = queue;
    }

    /** What is handed out and what is scheduled, added up. */
    public Portions portions() {
        queue.loop().assertInside();
        return Portions.of(queue);
    }

    /** The {@code most} that are due next. */
    public void scheduled(int most, Consumer<List<Seen>> then) {
        scheduled(most, seen -> true, then);
    }

    /** The same of those that are {@code wanted}. */
    public void scheduled(int most, Predicate<Seen> wanted, Consumer<List<Seen>> then) {
        queue.loop().assertInside();
        PriorityQueue<Seen> next = new PriorityQueue<>(Comparator.comparingLong(Seen::deliverAt).reversed());
        new ScheduleWalk(queue, key -> true, new ScheduleWalk.Visitor() {
            @Override
            public void visit(ScheduleWalk.Some some, Runnable goOn) {
                for (int i = 0; i < some.keys().length; i++) {
                    Seen one = some.messages()[i] == null ? null
                            : new Seen(some.keys()[i] + 1, some.messages()[i], some.refs().failures(i), some.times()[i], Optional.empty());
                    if (one != null && wanted.test(one)) {
                        next.add(one);
                    }
                    if (next.size() > most) {
                        next.remove();
                    }
                }
                goOn.run();
            }

            @Override
            public void ended() {
                List<Seen> all = new ArrayList<>(next);
                all.sort(Comparator.comparingLong(Seen::deliverAt).thenComparingLong(Seen::messageId));
                then.accept(all);
            }
        }).walk();
    }

    /** The {@code most} that have been handed out longest and that somebody holds. */
    public void handedOut(int most, Consumer<List<Seen>> then) {
        queue.loop().assertInside();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry = queue.handed().entries().head(); entry != null && entries.size() < most; entry = entry.next) {
            if (entry.holder != null) {
                entries.add(entry);
            }
        }
        List<Entry> bare = entries.stream().filter(Entry::bare).toList();
        List<Seen> seen = new ArrayList<>();
        entries.stream().filter(entry -> !entry.bare()).forEach(entry -> seen.add(of(entry, entry.message(), entry.holder)));
        List<io.delos.queue.Consumer> holders = bare.stream().map(entry -> entry.holder).toList();
        queue.storage().look(Recall.refs(bare), messages -> {
            for (int i = 0; i < bare.size(); i++) {
                if (messages.get(i) != null) {
                    seen.add(of(bare.get(i), messages.get(i), holders.get(i)));
                }
            }
            seen.sort(Comparator.comparingLong(Seen::messageId));
            then.accept(seen);
        });
    }

    private static Seen of(Entry entry, Message message, io.delos.queue.Consumer holder) {
        return new Seen(entry.id + 1, message, entry.failures + 1, 0, Optional.of(holder));
    }

    /** Those of the scheduled ones that are chosen are due now; {@code then} is told how many. */
    public void hurry(Sweep.Choice choice, Consumer<Long> then) {
        queue.loop().assertInside();
        long[] hurried = {0};
        new ScheduleWalk(queue, key -> choice.mayBe(key + 1), new ScheduleWalk.Visitor() {
            @Override
            public void visit(ScheduleWalk.Some some, Runnable goOn) {
                Set<Long> keys = new HashSet<>();
                for (int i = 0; i < some.keys().length; i++) {
                    if (some.messages()[i] != null && choice.takes(some.messages()[i])) {
                        keys.add(some.keys()[i]);
                    }
                }
                hurried[0] += keys.isEmpty() ? 0 : queue.storage().later().hurry(keys);
                goOn.run();
            }

            @Override
            public void ended() {
                then.accept(hurried[0]);
            }
        }).walk();
    }
}
