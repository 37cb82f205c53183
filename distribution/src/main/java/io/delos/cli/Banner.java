package io.delos.cli;

import java.util.List;

/** What {@code run} begins with. */
final class Banner {

    private Banner() {
    }

    static List<String> lines() {
        return List.of(
                "     _      _",
                "  __| | ___| | ___  ___",
                " / _` |/ _ \\ |/ _ \\/ __|",
                "| (_| |  __/ | (_) \\__ \\",
                " \\__,_|\\___|_|\\___/|___/",
                " " + Version.own() + ", in place of " + Version.COMPATIBLE,
                "",
                "");
    }
}
