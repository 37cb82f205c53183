package io.delos.cli;

/** The line of stars that frames some outputs; scripts look for it. */
final class Stars {

    static final String LINE = "*".repeat(127);

    private Stars() {
    }
}
