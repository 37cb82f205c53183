package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** How far one browser has come. Owned by the queue's loop. */
final class BrowseCursor {

    private static final int LOAD_COUNT = 256;
    private static final long LOAD_BYTES = 1 << 20;

    /** The order of entries that were read for this browser alone. */
    private static final long SHOWN = Long.MIN_VALUE;

    private final Queue queue;
    private final ArrayDeque<Entry> loaded = new ArrayDeque<>();
    private final Backlog rest = new Backlog();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean loading;

    /** Notes what waits now. */
    BrowseCursor(Storage storage, Queue queue) {
        this.queue = queue;
        for (Entry entry = storage.window().first(); entry != null; entry = storage.window().after(entry)) {
            loaded.add(entry);
        }
        storage.forEachUnloaded(refs -> {
            Refs copy = new Refs(refs.count());
            refs.copyTo(copy);
            rest.addAll(copy);
        });
    }

    boolean hasLoaded() {
        return !loaded.isEmpty();
    }

    Entry next() {
        return loaded.poll();
    }

    /** Whether the entry has left the window since it was noted. */
    boolean stale(Entry entry) {
        return entry.order != SHOWN && !queue.storage().window().contains(entry);
    }

    boolean canLoad() {
        return !loading && loaded.isEmpty() && !rest.isEmpty();
    }

    Refs startLoad() {
        loading = true;
        return rest.take(LOAD_COUNT, LOAD_BYTES);
    }

    void loaded(Refs refs, List<Message> fetched) {
        loading = false;
        int next = 0;
        for (int i = 0; i < refs.count(); i++) {
            Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(next++);
            if (message != null) {
                loaded.add(new Entry(queue.storage().browseId(refs.position(i)), message, SHOWN, refs.failures(i)));
            }
        }
    }

    boolean exhausted() {
        return loaded.isEmpty() && rest.isEmpty() && !loading;
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
