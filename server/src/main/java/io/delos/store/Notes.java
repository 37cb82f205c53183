package io.delos.store;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What protocols asked to be remembered, by key: notes, which are in memory, and values on a {@link Shelf}, which are not. Written by the journal
 * thread when it is durable, read by anybody.
 */
public final class Notes {

    private final NavigableMap<String, byte[]> notes = new ConcurrentSkipListMap<>();

    private final Shelf shelf = new Shelf();

    /** The values that are not in memory. */
    public Shelf shelf() {
        return shelf;
    }

    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(notes.get(key));
    }

    /** A live view of the keys with this prefix, sorted. */
    public Map<String, byte[]> under(String prefix) {
        return notes.subMap(prefix, true, prefix + Character.MAX_VALUE, true);
    }

    /** Takes in a fact of remembering or forgetting, which lies at {@code position}; others are ignored. */
    public void apply(Fact fact, long position) {
        if (fact instanceof Fact.Remembered remembered) {
            notes.put(remembered.key(), remembered.value());
        } else if (fact instanceof Fact.Forgotten forgotten) {
            notes.remove(forgotten.key());
        } else if (fact instanceof Shelving shelving) {
            shelf.apply(shelving, position);
        }
    }
}
