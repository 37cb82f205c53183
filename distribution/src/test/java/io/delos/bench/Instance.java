package io.delos.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a broker takes at one point of a round. */
record Instance(String name, Table table, Target aim) implements Trial {
    /** Started on an empty directory. */
    static final Instance EMPTY = new Instance("instance-empty", Table.START, new Target(List.of(
            new Target.Limit("idle-resident", "", false, 120), new Target.Limit("idle-threads", "", false, 25)), Optional.empty()));
    /** At the end of a round. */
    static final Instance AFTER = new Instance("instance-after", Table.AFTER,
            new Target(List.of(Target.atMost("resident", 1 / 3.0)), Optional.empty()));

    @Override
    public boolean restarts() {
        return this == EMPTY;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        return this == EMPTY ? side.startEmpty() : side.footprint();
    }

    @Override
    public List<Table> tables() {
        return List.of(table);
    }

    @Override
    public Optional<Target> target(Table shown) {
        return Optional.of(aim);
    }
}
