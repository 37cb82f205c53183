package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;

/**
 * What a queue holds for a later time: as references, in memory; beyond a little, messages that are nowhere on disk are spilled. What is
 * due goes to the head of the window, a bounded number at a time. Owned by the queue's loop.
 */
final class Later {

    /** Bytes of messages that wait in memory because they are nowhere on disk. */
    private static final long KEEP = 1 << 20;
    /** Orders that are set aside for what becomes due at one time. */
    private static final long WAVE = 1 << 24;
    /** Orders, lower than all waves', of what was due and handed out before the broker was started. */
    private static final long HELD = -(1L << 56);

    private final Queue queue;
    private final Storage storage;
    private Schedule schedule = new Schedule();
    private final ArrayDeque<Message> spilling = new ArrayDeque<>(1);
    private Refs loading;
    private long keptBytes;
    private long wakeAt = Long.MAX_VALUE;
    private long head;
    private long order;
    private boolean wave;

    Later(Queue queue, Storage storage) {
        this.queue = queue;
        this.storage = storage;
    }

    /** One that is to wait. {@code position} says where it lies, unless that is {@link Queue#NO_POSITION}. */
    void add(long at, long position, Message message, int mark) {
        if (position != Queue.NO_POSITION) {
            addPlaced(at, position, message.size(), mark);
            return;
        }
        queue.counters().scheduled(1);
        if (keptBytes < KEEP) {
            keptBytes += message.size();
            add(at, position, message.size(), mark, message);
        } else {
            spilling.add(message);
            queue.cold().spill(message, queue.loop(), place -> {
                if (spilling.removeFirstOccurrence(message)) {
                    add(at, place, message.size(), mark, null);
                } else {
                    queue.cold().retain(place, -1);
                }
            });
        }
    }

    /** One that has been handed out and is to wait before it is again. */
    void add(long at, Entry entry) {
        if (entry.place() == Queue.NO_POSITION) {
            add(at, Queue.NO_POSITION, entry.message(), entry.mark());
        } else {
            addPlaced(at, entry.place(), entry.size(), entry.mark());
        }
    }

    /** One that is to wait and lies at {@code position}. */
    void addPlaced(long at, long position, int size, int mark) {
        queue.counters().scheduled(1);
        add(at, position, size, mark, null);
    }

    private void add(long at, long position, int size, int mark, Message kept) {
        schedule.add(at, position, size, mark, kept);
        wakeFor(at);
    }

    /** Takes over what the journal says waits. */
    void restore(Schedule saved) {
        saved.orderByPosition();
        schedule = saved;
        queue.counters().scheduled(schedule.count());
    }

    Schedule schedule() {
        return schedule;
    }

    private void wakeFor(long at) {
        if (at < wakeAt) {
            wakeAt = at;
            queue.loop().schedule(this::woken, Math.max(1, at - queue.loop().now()));
        }
    }

    private void woken() {
        wakeAt = Long.MAX_VALUE;
        load();
    }

    /** Brings what is due, as far as the window has room, and sees to being woken for the next. */
    void load() {
        if (schedule.isEmpty() || loading != null || queue.closed()) {
            return;
        }
        long now = queue.loop().now();
        if (schedule.nextAt() > now) {
            wakeFor(schedule.nextAt());
        } else if (storage.roomForDue()) {
            Refs refs = schedule.takeDue(now, Storage.LOAD_COUNT, Storage.LOAD_BYTES);
            loading = refs;
            queue.counters().scheduled(-refs.count());
            if (!wave) {
                head -= WAVE;
                order = head;
            }
            wave = !schedule.isEmpty() && schedule.nextAt() <= now && order + refs.count() < head + WAVE - Storage.LOAD_COUNT;
            storage.fetch(refs, fetched -> loaded(refs, fetched));
        }
    }

    private void loaded(Refs refs, List<Message> fetched) {
        if (loading != refs) {
            storage.runAfterLoad();
            return;
        }
        loading = null;
        int next = 0;
        for (int i = 0; i < refs.count(); i++) {
            Message kept = refs.kept(i);
            Message message = kept != null ? kept : fetched.get(next++);
            keptBytes -= kept != null ? kept.size() : 0;
            if (queue.dueLast() && refs.failures(i) == 0) {
                storage.due(refs, i, message);
            } else {
                storage.arrived(refs, i, message, order++);
            }
        }
        queue.retention().trim();
        storage.runAfterLoad();
        load();
    }

    /** Takes out those with these keys of the schedule; returns those that were there. */
    Set<Long> take(Set<Long> keys) {
        for (Long key : keys) {
            Message kept = schedule.kept(key);
            keptBytes -= kept == null ? 0 : kept.size();
        }
        Set<Long> found = schedule.take(keys);
        queue.counters().scheduled(-found.size());
        return found;
    }

    /** Those with these keys of the schedule are due now; returns how many there were. */
    int hurry(Set<Long> keys) {
        int found = schedule.reschedule(keys, queue.loop().now());
        load();
        return found;
    }

    /** What is being read and not in the window yet; null if nothing is. */
    Refs loading() {
        return loading;
    }

    /** At start: takes out those whose position is one of these, ascending; they stand before all others then. */
    void hold(long[] positions, List<Entry> held) {
        int before = schedule.count();
        Refs found = schedule.takeAt(positions);
        for (int i = 0; i < found.count(); i++) {
            held.add(Entry.of(found, i, HELD + i));
        }
        queue.counters().scheduled(schedule.count() - before);
    }

    void removeAll(Removal sum) {
        if (loading != null) {
            sum.add(loading);
            loading = null;
        }
        schedule.forEach((at, position, size, mark) -> sum.add(position, size, (mark & Refs.STAGED) != 0));
        spilling.forEach(message -> sum.add(Queue.NO_POSITION, message.size(), false));
        queue.counters().scheduled(-schedule.count() - spilling.size());
        schedule.clear();
        spilling.clear();
        keptBytes = 0;
        wave = false;
    }
}
