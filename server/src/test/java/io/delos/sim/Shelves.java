package io.delos.sim;

import io.delos.store.Shelf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of the {@link Model} that knows what transactions have put on the broker's shelf: under each key the last value, or none. */
final class Shelves {
    private static final int KEYS = 5;

    private final Model model;
    private final Map<String, List<Write>> writes = new LinkedHashMap<>();
    private int now;

    /** A value, empty for none, that a transaction gives a key: it comes true between the moment it commits and the one it hears of it. */
    private static final class Write {
        private final String value;
        private final int begun;
        private int ended = Integer.MAX_VALUE;

        Write(String value, int begun) {
            this.value = value;
            this.begun = begun;
        }
    }

    Shelves(Model model) {
        this.model = model;
    }

    /** Some messages of transactions have something to keep: no choice of its own, so that it changes nothing else. */
    static void keep(Sent message, Tx tx) {
        if (tx.xid.isEmpty() && message.number % 4 == 0 && !tx.real().ended()) {
            String key = "key/" + message.number % KEYS;
            String value = message.number % 12 == 0 ? "" : "value " + message.number + " " + "z".repeat(message.number * 31 % 500);
            tx.shelved.put(key, value);
            if (value.isEmpty()) {
                tx.real().unshelve(key);
            } else {
                tx.real().shelve(key, value.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    void committing(Tx tx) {
        now++;
        tx.shelved.forEach((key, value) -> of(key).add(new Write(value, now)));
    }

    void committed(Tx tx) {
        now++;
        tx.shelved.forEach((key, value) -> of(key).stream().filter(write -> write.value.equals(value)).forEach(write -> write.ended = Math.min(write.ended, now)));
    }

    private List<Write> of(String key) {
        return writes.computeIfAbsent(key, none -> {
            Write nothing = new Write("", 0);
            nothing.ended = 0;
            return new ArrayList<>(List.of(nothing));
        });
    }

    /** Compares what a broker has, that nobody is connected to; from then on it is known. */
    void compare(Shelf shelf) {
        Map<String, String> found = new LinkedHashMap<>();
        List<Shelf.Spot> spots = new ArrayList<>();
        for (Shelf.Walk walk = shelf.from("key/"); walk.spot().isPresent(); walk.next()) {
            spots.add(walk.spot().get());
        }
        try {
            shelf.read(spots, (spot, value) -> found.put(spot.key(), new String(value, StandardCharsets.UTF_8)));
        } catch (IOException trouble) {
            model.violated("the shelf can't be read: " + trouble);
        }
        if (found.size() != spots.size()) {
            model.violated("of " + spots + " on the shelf only " + found.keySet() + " can be read");
        }
        writes.forEach((key, all) -> {
            String value = found.getOrDefault(key, "");
            List<String> possible = all.stream().filter(write -> all.stream().noneMatch(later -> later.begun > write.ended && later.ended < Integer.MAX_VALUE))
                    .map(write -> write.value).toList();
            model.say(() -> "on the shelf under " + key + ": " + value);
            if (!possible.contains(value)) {
                model.violated("under " + key + " is '" + value + "' on the shelf, and should be one of " + possible);
            }
            Write known = new Write(value, ++now);
            known.ended = now;
            all.clear();
            all.add(known);
        });
    }
}
