package io.delos.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What consumers have noted on messages that they gave back, for those who get them next. Owned by the queue's loop. In memory alone, as long as
 * the message is in the queue and the broker runs; of the messages of a queue, the last thousand that were noted on have their notes.
 */
final class Amendments {

    /** Messages of one queue that may have notes. */
    static final int MOST = 1024;
    /** Notes on one message. */
    private static final int MOST_NOTES = 64;
    /** What they weigh, about, in bytes. */
    private static final int MOST_WEIGHT = 4096;
    private static final int SCALAR = 8;

    private static final Logger LOG = LogManager.getLogger(Amendments.class);

    private final String queue;
    private final Map<Long, Map<String, Object>> byId = new LinkedHashMap<>(0);
    private boolean told;

    Amendments(String queue) {
        this.queue = queue;
    }

    /** Whether so much may be noted on one message. */
    static boolean fits(Map<String, Object> notes) {
        int weight = 0;
        for (Map.Entry<String, Object> note : notes.entrySet()) {
            Object value = note.getValue();
            weight += note.getKey().length() + (value instanceof String text ? text.length() : value instanceof byte[] bytes ? bytes.length : SCALAR);
        }
        return notes.size() <= MOST_NOTES && weight <= MOST_WEIGHT;
    }

    /** What is noted on the message of this id; nothing, for most. */
    Map<String, Object> of(long id) {
        return byId.isEmpty() ? Map.of() : byId.getOrDefault(id, Map.of());
    }

    /** A message comes back: what is noted on it then stays. */
    void keep(long id, Map<String, Object> notes) {
        if (notes.isEmpty()) {
            return;
        }
        byId.put(id, notes);
        if (byId.size() > MOST) {
            byId.remove(byId.keySet().iterator().next());
            if (!told) {
                told = true;
                LOG.warn("Consumers of queue {} note something on so many messages that they give back that the notes of the oldest are forgotten:"
                        + " {} are kept", queue, MOST);
            }
        }
    }

    /** The message is gone. */
    void gone(long id) {
        if (!byId.isEmpty()) {
            byId.remove(id);
        }
    }
}
