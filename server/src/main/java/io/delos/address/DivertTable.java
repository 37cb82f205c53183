package io.delos.address;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The diverts of one address, those of matching wildcard addresses among them: an immutable snapshot. Any thread. */
public final class DivertTable {

    static final DivertTable NONE = new DivertTable(List.of());

    private final Divert[] exclusive;
    private final Divert[][] others;
    private final AtomicInteger turn = new AtomicInteger();

    private DivertTable(Collection<Divert> diverts) {
        this.exclusive = diverts.stream().filter(divert -> divert.config().exclusive()).toArray(Divert[]::new);
        Map<String, List<Divert>> named = new LinkedHashMap<>();
        diverts.stream().filter(divert -> !divert.config().exclusive())
                .forEach(divert -> named.computeIfAbsent(divert.config().routingName(), name -> new ArrayList<>(1)).add(divert));
        this.others = named.values().stream().map(same -> same.toArray(Divert[]::new)).toArray(Divert[][]::new);
    }

    static DivertTable of(Collection<Divert> diverts) {
        return diverts.isEmpty() ? NONE : new DivertTable(diverts);
    }

    public boolean isEmpty() {
        return exclusive.length == 0 && others.length == 0;
    }

    /** Those that leave nothing for anybody else, if they take a message. */
    public List<Divert> exclusive() {
        return Arrays.asList(exclusive);
    }

    /** The others, by their routing names: of each group one gets a message. */
    public List<Divert[]> groups() {
        return Arrays.asList(others);
    }

    /** Where to begin with a group, so that each of it has its turn. */
    public int turn(int size) {
        return size == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), size);
    }
}
