package io.delos.queue;

import io.delos.config.QueueConfig;
import io.delos.message.Formats;

/**
 * Which messages make way for newer ones: in a last-value queue those of the same key, in a ring the next to be handed out when there are more
 * than it keeps. What is in a consumer's hands or waits for its time stays, and is looked at when it comes. Owned by the queue's loop.
 */
final class Retention {

    private final Queue queue;
    private final Replaced replaced;
    /** Null for a queue that keeps all values: which it is does not change. */
    private final LastValues values;
    private final Unread unread;
    private long most = Long.MAX_VALUE;

    Retention(Queue queue, QueueConfig config, Formats formats) {
        this.queue = queue;
        this.replaced = new Replaced(queue);
        this.unread = new Unread(queue);
        this.values = config.replacesByKey() ? new LastValues(formats, config.lastValueKey()) : null;
    }

    /** Goes by these attributes from now on, as messages come. */
    void configure(QueueConfig config) {
        most = config.ringSize() < 0 ? Long.MAX_VALUE : config.ringSize();
    }

    /** Whether nothing makes way for anything. */
    boolean plain() {
        return values == null && most == Long.MAX_VALUE;
    }

    /** Whether everything that waits has to stand in the window: of what does the key is known. */
    boolean whole() {
        return values != null;
    }

    /** This entry of the window has to be read before anybody knows what it replaces. */
    void unread(Entry entry) {
        if (values != null) {
            unread.add(entry);
        }
    }

    /** Reads what has to be read. */
    void read() {
        unread.read();
    }

    /** Whether it is not known yet which of the messages that are there have to go. */
    boolean gathering() {
        return values != null && (!unread.isEmpty() || queue.storage().loading() != null || !queue.storage().backlog().isEmpty());
    }

    /** An entry has come into the window. */
    void came(Entry entry) {
        if (values == null) {
            return;
        }
        if (entry.bare() && entry.key == null) {
            unread.add(entry);
            unread.read();
            return;
        }
        Entry out = values.came(entry);
        if (out != null) {
            queue.takeOut(out);
            replaced.leaves(out);
        }
        if (out != entry) {
            queue.storage().thin(entry);
        }
    }

    /** An entry has left the window. */
    void went(Entry entry) {
        if (values != null) {
            values.went(entry);
        }
    }

    /** There may be more than a ring keeps. What has to be read first waits until it has been. */
    void trim() {
        while (queue.waiting() > most) {
            Entry head = queue.storage().window().isEmpty() ? null : queue.storage().head();
            if (head != null) {
                queue.takeOut(head);
                replaced.leaves(head);
            } else if (!queue.storage().dropHead(replaced)) {
                return;
            }
        }
    }
}
