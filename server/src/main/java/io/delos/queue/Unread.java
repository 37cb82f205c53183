package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a last-value queue's window of which nobody knows yet whose value they are: those of large transactions, and at start all.
 * They are read in their order, a bounded number at a time; nothing is handed out until that is done. Owned by the queue's loop.
 */
final class Unread {

    private final Queue queue;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private boolean reading;

    Unread(Queue queue) {
        this.queue = queue;
    }

    /** One more; it is in the window. */
    void add(Entry entry) {
        entries.add(entry);
    }

    boolean isEmpty() {
        return entries.isEmpty() && !reading;
    }

    /** Reads what there is. */
    void read() {
        if (reading || entries.isEmpty() || queue.closed()) {
            return;
        }
        reading = true;
        List<Entry> some = new ArrayList<>();
        long left = Storage.LOAD_BYTES;
        while (!entries.isEmpty() && left > 0 && some.size() < Storage.LOAD_COUNT) {
            Entry entry = entries.poll();
            if (entry.bare() && queue.storage().window().contains(entry)) {
                some.add(entry);
                left -= entry.size();
            }
        }
        queue.storage().fetch(Recall.refs(some), messages -> arrived(some, messages));
    }

    private void arrived(List<Entry> some, List<Message> messages) {
        reading = false;
        for (int i = 0; i < some.size(); i++) {
            Entry entry = some.get(i);
            if (!queue.storage().window().contains(entry)) {
                continue;
            }
            if (entry.bare() && messages.get(i) == null) {
                queue.lost(entry);
                continue;
            }
            if (entry.bare()) {
                queue.storage().loaded(entry, messages.get(i));
            }
            queue.noticed(entry);
        }
        read();
        if (isEmpty()) {
            queue.dispatchAgain();
            queue.storage().runAfterLoad();
        }
    }
}
