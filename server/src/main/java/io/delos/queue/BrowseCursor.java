package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** How far one browser has come: through what was in the window when it came, then through the backlog. Owned by the queue's loop. */
final class BrowseCursor {

    private static final int LOAD_COUNT = 256;
    private static final long LOAD_BYTES = 1 << 20;

    /** The order of entries that were read for this browser alone. */
    private static final long SHOWN = Long.MIN_VALUE;

    private final Queue queue;
    private final ArrayDeque<Entry> loaded = new ArrayDeque<>();
    private final ArrayDeque<LaneCursor> lanes = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private Piece arriving;
    private boolean loading;

    /** Notes what waits now: the entries of the window, and where each lane begins and ends. */
    BrowseCursor(Storage storage, Queue queue) {
        this.queue = queue;
        for (Entry entry = storage.window().first(); entry != null; entry = storage.window().after(entry)) {
            loaded.add(entry);
        }
        arriving = storage.loading();
        for (int level = Window.LEVELS - 1; level >= 0; level--) {
            if (storage.backlog().holds(level)) {
                Lane lane = storage.backlog().lane(level);
                lanes.add(new LaneCursor(lane, lane.head(), lane.end()));
            }
        }
    }

    boolean hasLoaded() {
        // while some are being read, those behind them have to wait
        return !loading && !loaded.isEmpty() && !hasBare();
    }

    Entry next() {
        return loaded.poll();
    }

    /** Whether the entry has left the window since it was noted. */
    boolean stale(Entry entry) {
        return entry.order != SHOWN && !queue.storage().window().contains(entry);
    }

    boolean canLoad() {
        return !loading && (loaded.isEmpty() ? !atEnd() : hasBare());
    }

    private boolean atEnd() {
        while (!lanes.isEmpty() && lanes.peek().exhausted()) {
            lanes.remove();
        }
        return arriving == null && lanes.isEmpty();
    }

    /** Brings some more, then runs {@code then}. */
    void load(Runnable then) {
        loading = true;
        if (!loaded.isEmpty()) {
            fetchBare(then);
            return;
        }
        if (arriving != null) {
            Piece piece = arriving;
            arriving = null;
            fetch(piece, then);
            return;
        }
        LaneCursor cursor = lanes.peek();
        if (cursor.at() < cursor.lane().head()) {
            fetch(moved(cursor, cursor.lane().head()), then);
        } else if (!cursor.ready()) {
            cursor.prepare(() -> load(then));
        } else {
            cursor.next(LOAD_COUNT, LOAD_BYTES, piece -> fetch(piece, then));
        }
    }

    /** Reads, for this browser alone, those next in the window that were let go of. */
    private void fetchBare(Runnable then) {
        List<Entry> bare = new ArrayList<>();
        long left = LOAD_BYTES;
        while (hasBare() && bare.size() < LOAD_COUNT && left > 0) {
            Entry entry = loaded.poll();
            if (!stale(entry)) {
                bare.add(entry);
                left -= entry.size();
            }
        }
        Refs refs = Recall.refs(bare);
        queue.storage().look(refs, fetched -> {
            loading = false;
            for (int i = refs.count() - 1; i >= 0; i--) {
                if (fetched.get(i) != null) {
                    loaded.addFirst(shown(refs, i, fetched.get(i)));
                }
            }
            then.run();
        });
    }

    private boolean hasBare() {
        return !loaded.isEmpty() && loaded.peek().bare();
    }

    private Entry shown(Refs refs, int i, Message message) {
        return new Entry(queue.storage().browseId(refs.position(i)), message, SHOWN, refs.failures(i));
    }

    /** What has gone to the window since the browser came: notes what is there, returns what is on its way. */
    private Piece moved(LaneCursor cursor, long head) {
        Storage storage = queue.storage();
        Piece piece = new Piece();
        for (Entry entry = storage.window().level(cursor.lane().level()).head(); entry != null; entry = entry.next) {
            if (entry.order >= cursor.at() && entry.order < head) {
                loaded.add(entry);
            }
        }
        Piece coming = storage.loading(cursor.lane().level());
        for (int i = 0; coming != null && i < coming.count(); i++) {
            if (coming.order(i) >= cursor.at() && coming.order(i) < head) {
                piece.add(coming.refs(), i, coming.order(i));
            }
        }
        cursor.skipTo(head);
        return piece;
    }

    private void fetch(Piece piece, Runnable then) {
        Refs refs = piece.refs();
        queue.storage().look(refs, fetched -> {
            loading = false;
            int next = 0;
            for (int i = 0; i < refs.count(); i++) {
                Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(next++);
                if (message != null) {
                    loaded.add(shown(refs, i, message));
                }
            }
            then.run();
        });
    }

    boolean exhausted() {
        return loaded.isEmpty() && !loading && atEnd();
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
