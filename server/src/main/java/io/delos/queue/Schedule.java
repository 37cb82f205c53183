package io.delos.queue;

import io.delos.message.Message;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * References that wait for their time, the next one first, those of one time in order of arrival: a heap in arrays, 28 bytes each and up to
 * half of that again in reserve. Not thread-safe.
 */
final class Schedule {

    /** Marks the key of a message that has no position, because it is kept here. */
    private static final long KEPT = 1L << 62;

    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};

    private long[] times = NO_LONGS;
    private long[] keys = NO_LONGS;
    private int[] sizes = NO_INTS;
    private int[] marks = NO_INTS;
    /** Order of arrival; it may wrap around. */
    private int[] turns = NO_INTS;
    private int nextTurn;
    private int count;
    private Map<Long, Message> kept = Map.of();
    private long nextKept;

    /** Is told of one that waits; the position is {@link Queue#NO_POSITION} for a kept one. */
    interface Look {
        void waits(long at, long position, int size, int mark);
    }

    /** Says of a position, and whether it is that of a message of a large transaction, whether the message is gone. */
    interface Gone {
        boolean test(long position, boolean staged);
    }

    /** Adds one; {@code message} is null when the position says where it lies; {@code mark} is as {@link Refs#mark} says. */
    void add(long at, long position, int size, int mark, Message message) {
        long key = position;
        if (message != null) {
            if (kept.isEmpty()) {
                kept = new HashMap<>();
            }
            key = KEPT | nextKept++;
            kept.put(key, message);
        }
        if (count == times.length) {
            resize(Math.max(16, count + count / 2));
        }
        set(count, at, key, size, mark, nextTurn++);
        up(count++);
    }

    private void resize(int capacity) {
        times = Arrays.copyOf(times, capacity);
        keys = Arrays.copyOf(keys, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        marks = Arrays.copyOf(marks, capacity);
        turns = Arrays.copyOf(turns, capacity);
    }

    private void set(int i, long at, long key, int size, int mark, int turn) {
        times[i] = at;
        keys[i] = key;
        sizes[i] = size;
        marks[i] = mark;
        turns[i] = turn;
    }

    private void copy(int from, int to) {
        set(to, times[from], keys[from], sizes[from], marks[from], turns[from]);
    }

    private boolean before(int a, int b) {
        return times[a] < times[b] || times[a] == times[b] && turns[a] - turns[b] < 0;
    }

    private void swap(int a, int b) {
        long at = times[a];
        long key = keys[a];
        int size = sizes[a];
        int mark = marks[a];
        int turn = turns[a];
        copy(b, a);
        set(b, at, key, size, mark, turn);
    }

    private void up(int from) {
        int i = from;
        while (i > 0 && before(i, (i - 1) / 2)) {
            swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void down(int from) {
        int i = from;
        while (2 * i + 1 < count) {
            int child = 2 * i + 1;
            if (child + 1 < count && before(child + 1, child)) {
                child++;
            }
            if (!before(child, i)) {
                return;
            }
            swap(i, child);
            i = child;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** When the next is due, in milliseconds since the epoch; there must be one. */
    long nextAt() {
        return times[0];
    }

    /** Takes those that are due at {@code now}, at most {@code max} and no more than {@code bytes} but one. */
    Refs takeDue(long now, int max, long bytes) {
        Refs due = new Refs(16);
        long left = bytes;
        while (count > 0 && times[0] <= now && due.count() < max && (left > 0 || due.count() == 0)) {
            Message message = (keys[0] & KEPT) == 0 ? null : kept.remove(keys[0]);
            due.addMarked(message == null ? keys[0] : Queue.NO_POSITION, sizes[0], marks[0], message);
            left -= sizes[0];
            count--;
            copy(count, 0);
            down(0);
        }
        if (count < times.length / 4) {
            resize(count);
        }
        return due;
    }

    /** All of them as they are now, in no order. */
    ScheduleWalk.Snapshot snapshot() {
        return new ScheduleWalk.Snapshot(Arrays.copyOf(times, count), Arrays.copyOf(keys, count), Arrays.copyOf(sizes, count),
                Arrays.copyOf(marks, count));
    }

    /** The message with this key, which lies nowhere on disk; null for one that does. */
    Message kept(long key) {
        return (key & KEPT) == 0 ? null : kept.get(key);
    }

    /** Takes out those with these keys; returns those that were there. */
    Set<Long> take(Set<Long> wanted) {
        Set<Long> found = new HashSet<>();
        removeIf((key, staged) -> wanted.contains(key) && found.add(key));
        if (!kept.isEmpty()) {
            found.forEach(kept::remove);
        }
        return found;
    }

    /** Lets those with these keys be due at {@code at}; returns how many there were. */
    int reschedule(Set<Long> wanted, long at) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (wanted.contains(keys[i])) {
                times[i] = Math.min(times[i], at);
                found++;
            }
        }
        for (int i = 1; i < count; i++) {
            up(i);
        }
        return found;
    }

    void forEach(Look look) {
        for (int i = 0; i < count; i++) {
            look.waits(times[i], (keys[i] & KEPT) != 0 ? Queue.NO_POSITION : keys[i], sizes[i], marks[i]);
        }
    }

    /** Takes out those whose position, or key if they are kept, is gone. */
    void removeIf(Gone gone) {
        int from = count;
        count = 0;
        for (int i = 0; i < from; i++) {
            if (!gone.test(keys[i], (marks[i] & Refs.STAGED) != 0)) {
                copy(i, count);
                up(count++);
            }
        }
    }

    /** Takes out those whose position is one of these, which ascend, in order of time; none may be kept. */
    Refs takeAt(long[] positions) {
        Refs taken = new Refs(4);
        Schedule rest = new Schedule();
        while (count > 0) {
            long at = times[0];
            Refs next = takeDue(at, 1, 1);
            if (Arrays.binarySearch(positions, next.position(0)) >= 0) {
                taken.add(next, 0);
            } else {
                rest.add(at, next.position(0), next.size(0), next.mark(0), null);
            }
        }
        times = rest.times;
        keys = rest.keys;
        sizes = rest.sizes;
        marks = rest.marks;
        turns = rest.turns;
        count = rest.count;
        nextTurn = rest.nextTurn;
        return taken;
    }

    /** Lets those of one time come by position, which is how they arrived; none may be kept. */
    void orderByPosition() {
        long[] ascending = Arrays.copyOf(keys, count);
        Arrays.sort(ascending);
        nextTurn = count;
        for (int i = 0; i < count; i++) {
            turns[i] = Arrays.binarySearch(ascending, keys[i]);
            up(i);
        }
    }

    /** Changes how often delivery of the message at a position has failed; positions are searched one by one. */
    void failures(Map<Long, Integer> failed) {
        for (int i = 0; i < count && !failed.isEmpty(); i++) {
            Integer times = failed.get(keys[i]);
            if (times != null) {
                marks[i] = Refs.failed(marks[i], times);
            }
        }
    }

    void clear() {
        count = 0;
        kept = Map.of();
        resize(0);
    }
}
