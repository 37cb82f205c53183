package io.delos.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What the brokers take with nothing in them, and after everything. */
enum Instance implements Trial {
    /** Started on an empty directory. */
    START(Table.START, new Target(List.of(new Target.Limit("idle-resident", "", false, 120), new Target.Limit("idle-threads", "", false, 25)),
            Optional.empty())),
    /** At the end of a round. */
    AFTER(Table.AFTER, new Target(List.of(Target.atMost("resident", 1 / 3.0)), Optional.empty()));

    private final Table table;
    private final Target target;

    Instance(Table table, Target target) {
        this.table = table;
        this.target = target;
    }

    @Override
    public boolean restarts() {
        return this == START;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        return this == START ? side.startEmpty() : side.footprint();
    }

    @Override
    public List<Table> tables() {
        return List.of(table);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(target);
    }
}
