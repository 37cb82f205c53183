package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads again what was let go of while a consumer had it and has come back to the window: when its turn comes, a bounded number at a time.
 * Owned by the queue's loop.
 */
final class Recall {

    private final Queue queue;
    private final Dispatch dispatch;
    private boolean reading;

    Recall(Queue queue, Dispatch dispatch) {
        this.queue = queue;
        this.dispatch = dispatch;
    }

    /** Reads the message of this entry of the window, and those of the next ones that lack theirs too; then hands out. */
    void from(Entry first) {
        if (reading) {
            return;
        }
        reading = true;
        Window window = queue.storage().window();
        List<Entry> wanted = new ArrayList<>();
        long left = Storage.LOAD_BYTES;
        for (Entry entry = first; entry != null && entry.bare() && left > 0 && wanted.size() < Storage.LOAD_COUNT; entry = window.after(entry)) {
            wanted.add(entry);
            left -= entry.size();
        }
        queue.storage().fetch(refs(wanted), messages -> read(wanted, messages));
    }

    boolean reading() {
        return reading;
    }

    private void read(List<Entry> wanted, List<Message> messages) {
        reading = false;
        for (int i = 0; i < wanted.size(); i++) {
            Entry entry = wanted.get(i);
            if (!entry.bare() || !queue.storage().window().contains(entry)) {
                continue;
            }
            if (messages.get(i) == null) {
                dispatch.lost(entry);
            } else {
                queue.storage().loaded(entry, messages.get(i));
            }
        }
        dispatch.soon();
        queue.storage().runAfterLoad();
    }

    /** References to entries whose messages are on disk only, in this order. */
    static Refs refs(List<Entry> entries) {
        Refs refs = new Refs(entries.size());
        entries.forEach(entry -> refs.addMarked(entry.place(), entry.size(), entry.mark(), null));
        return refs;
    }
}
