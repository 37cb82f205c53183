package io.delos.store;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** What protocols asked to be remembered, by key. Written by the journal thread when it is durable, read by anybody. */
public final class Notes {

    private final NavigableMap<String, byte[]> notes = new ConcurrentSkipListMap<>();

    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(notes.get(key));
    }

    /** A live view of the keys with this prefix, sorted. */
    public Map<String, byte[]> under(String prefix) {
        return notes.subMap(prefix, true, prefix + Character.MAX_VALUE, true);
    }

    /** Takes in a fact of remembering or forgetting; others are ignored. */
    public void apply(Fact fact) {
        if (fact instanceof Fact.Remembered remembered) {
            notes.put(remembered.key(), remembered.value());
        } else if (fact instanceof Fact.Forgotten forgotten) {
            notes.remove(forgotten.key());
        }
    }
}
