package io.delos.bench;

import java.io.IOException;
import java.util.Optional;

/** A broker's process as the load sees it while it runs. Used by one thread. */
record Watched(Proc proc, Optional<Allocation> allocation) implements AutoCloseable {

    /** A process that tells nothing about its heap is watched without that; one that has none isn't even asked, for the question would kill it. */
    static Watched of(long pid) {
        if (!new Proc(pid).virtualMachine()) {
            return new Watched(new Proc(pid), Optional.empty());
        }
        try {
            return new Watched(new Proc(pid), Optional.of(Allocation.of(pid)));
        } catch (IOException | RuntimeException e) {
            System.err.println("no count of allocated bytes of process " + pid + ": " + e);
            return new Watched(new Proc(pid), Optional.empty());
        }
    }

    /** NaN if that isn't known. */
    double allocatedBytes() {
        return allocation.isPresent() ? allocation.get().bytes() : Double.NaN;
    }

    @Override
    public void close() {
        allocation.ifPresent(Allocation::close);
    }
}
