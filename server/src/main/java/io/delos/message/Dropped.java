package io.delos.message;

import java.util.ArrayList;
import java.util.List;

/** What one translation leaves out because the other dialect has no place for it. Not thread-safe; made for one translation. */
public final class Dropped {

    private List<Trait> traits = List.of();
    private List<String> shown = List.of();

    /** This is left out; {@code name} says which one of several there are, a property's name for instance, and may be empty. */
    public void add(Trait trait, String name) {
        if (traits.isEmpty()) {
            traits = new ArrayList<>();
            shown = new ArrayList<>();
        }
        traits.add(trait);
        shown.add(name.isEmpty() ? trait.toString() : trait + " '" + name + "'");
    }

    /** Whether everything was carried. */
    public boolean isEmpty() {
        return traits.isEmpty();
    }

    List<Trait> traits() {
        return traits;
    }

    /** For the log: each trait, with its name. */
    @Override
    public String toString() {
        return String.join(", ", shown);
    }
}
