package io.delos.queue;

import io.delos.message.Formats;
import io.delos.message.Message;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The message of each key that a last-value queue keeps, among those that wait in its window. What is in a consumer's hands is not here: it is
 * nobody's to take away, and has to see when it comes back whether it is still the last. Owned by the queue's loop.
 */
final class LastValues {

    /** The property that is the key where the queue names none. */
    private static final String USUAL_KEY = "_AMQ_LVQ_NAME";

    private final Formats formats;
    private final String property;
    private final Map<String, Entry> latest = new HashMap<>();

    /** {@code property}: whose value is the key; empty for the usual one. */
    LastValues(Formats formats, String property) {
        this.formats = formats;
        this.property = property.isEmpty() ? USUAL_KEY : property;
    }

    /** An entry has come into the window; which one has to leave it for that, perhaps this one itself. Null if none has. */
    Entry came(Entry entry) {
        if (entry.key == null && !entry.bare()) {
            entry.key = keyOf(entry.message());
        }
        if (entry.key == null) {
            return null;
        }
        Entry other = latest.putIfAbsent(entry.key, entry);
        if (other == null || other == entry) {
            return null;
        }
        if (entry.order < other.order) {
            return entry;
        }
        latest.put(entry.key, entry);
        return other;
    }

    /** An entry has left the window. */
    void went(Entry entry) {
        if (entry.key != null) {
            latest.remove(entry.key, entry);
        }
    }

    private String keyOf(Message message) {
        Object value = formats.property(message, property);
        if (value == null) {
            return null;
        }
        String key = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
        return Keys.of(key);
    }
}
