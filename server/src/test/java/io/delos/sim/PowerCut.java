package io.delos.sim;

/** Unwinds whatever a process is doing at the moment it ends. What catches it can do no harm: its disk takes nothing any more. */
final class PowerCut extends Error {
    private static final long serialVersionUID = 1;

    PowerCut() {
        super("the process has ended", null, false, false);
    }
}
