package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far one consumer of a queue that is not consumed has come, in each priority, from the head to the end and on with what arrives. What is
 * not in memory is read for it alone, a bounded number at a time. Owned by the queue's loop.
 */
final class TailCursor {

    private static final int LOAD_COUNT = 256;
    private static final long LOAD_BYTES = 1 << 20;

    private final Queue queue;
    /** The order of the next it has not been shown, by priority. */
    private final long[] next = new long[Window.LEVELS];
    /** The last it was shown of the window. */
    private final Entry[] last = new Entry[Window.LEVELS];
    private final ArrayDeque<Entry> ready = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>(0);
    /** How often its consumer has failed with a message; made when it first has. */
    private Map<Long, Integer> attempts = Map.of();
    private boolean reading;
    private int purges;
    private boolean over;

    TailCursor(Queue queue) {
        this.queue = queue;
        Arrays.fill(next, Long.MIN_VALUE);
    }

    /** The next one; null if it has to be read first, which begins then, or there is none now. */
    Entry next() {
        Entry again = ready.poll();
        for (int level = Window.LEVELS - 1; again == null && !reading && level >= 0; level--) {
            Entry entry = inWindow(level);
            if (entry != null && !entry.bare()) {
                next[level] = entry.order + 1;
                last[level] = entry;
                return entry;
            }
            if (entry != null ? readWindow(entry) : coming(level) || readLane(level)) {
                return null;
            }
        }
        return again;
    }

    private Entry inWindow(int level) {
        EntryChain chain = queue.storage().window().level(level);
        if (chain.isEmpty() || chain.tail().order < next[level]) {
            return null;
        }
        if (last[level] != null && last[level].chain == chain) {
            return last[level].next;
        }
        return chain.head().order >= next[level] ? chain.head() : chain.firstFrom(next[level]);
    }

    /** Whether some that come next are just being read, for the window. */
    private boolean coming(int level) {
        Piece piece = queue.storage().loading(level);
        return piece != null && piece.order(piece.count() - 1) >= next[level];
    }

    private boolean readWindow(Entry first) {
        List<Entry> bare = new ArrayList<>();
        long left = LOAD_BYTES;
        Entry entry = first;
        while (entry != null && entry.bare() && left > 0 && bare.size() < LOAD_COUNT) {
            bare.add(entry);
            left -= entry.size();
            next[entry.priority()] = entry.order + 1;
            last[entry.priority()] = entry;
            entry = entry.next;
        }
        fetch(Recall.refs(bare), bare.stream().mapToLong(one -> one.order).toArray());
        return true;
    }

    private boolean readLane(int level) {
        Lane lane = queue.storage().backlog().lane(level);
        if (lane == null || lane.isEmpty() || next[level] >= lane.end()) {
            return false;
        }
        reading = true;
        long from = Math.max(next[level], lane.head());
        LaneCursor cursor = new LaneCursor(lane, from, lane.end());
        cursor.next(LOAD_COUNT, LOAD_BYTES, piece -> {
            if (lane.head() > from) {
                // some of them have gone to the window meanwhile
                reading = false;
                queue.dispatchSoon();
                return;
            }
            next[level] = cursor.at();
            long[] orders = new long[piece.count()];
            Arrays.setAll(orders, piece::order);
            fetch(piece.refs(), orders);
        });
        return true;
    }

    private void fetch(Refs refs, long[] orders) {
        reading = true;
        int begun = purges;
        queue.storage().fetch(refs, fetched -> {
            reading = false;
            int at = 0;
            for (int i = 0; i < refs.count() && begun == purges; i++) {
                Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(at++);
                if (message != null) {
                    ready.add(new Entry(queue.storage().browseId(refs.position(i)), message, orders[i], refs.failures(i)));
                }
            }
            if (!over) {
                queue.dispatchSoon();
            }
        });
    }

    /** All that was there has been taken out. */
    void purged() {
        ready.clear();
        purges++;
    }

    /** To be shown once more; but where its consumer has failed with it, not more than so often. */
    void again(Entry entry, boolean failed, int most) {
        if (failed && most > 0) {
            if (attempts.isEmpty()) {
                attempts = new HashMap<>();
            }
            if (attempts.merge(entry.id, 1, Integer::sum) >= most) {
                attempts.remove(entry.id);
                return;
            }
        }
        if (!entry.bare()) {
            ready.addFirst(entry);
        }
    }

    /** Its consumer has left. */
    void over() {
        over = true;
        runWaiting();
    }

    /** Whether it waits for nothing that is there already. */
    boolean atEnd() {
        return ready.isEmpty() && !reading && !queue.storage().bringing();
    }

    void waiting(Runnable then) {
        waiting.add(then);
    }

    void runWaiting() {
        List<Runnable> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }
}
