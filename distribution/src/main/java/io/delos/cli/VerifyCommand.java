package io.delos.cli;

import io.delos.server.DataDirectory;
import io.delos.server.DataFiles;
import io.delos.server.Finding;
import io.delos.server.StartException;
import io.delos.server.Verification.Health;
import io.delos.server.Verification.QueueHealth;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads all of a data directory and tells its health. Exit code 0 if everything is what was written, 1 if not. */
@Command(name = "verify", description = "Read a stopped broker's data, every byte of it, and tell whether it is sound. Changes nothing.")
final class VerifyCommand extends ReadingAction {

    /** Findings kept for the JSON form; the rest is counted there. */
    private static final int KEPT = 1000;

    @Option(names = "--json", description = "Tell it as JSON.")
    boolean json;

    @Override
    int perform(DataFiles data, PrintStream out) throws StartException, IOException {
        List<Finding> found = new ArrayList<>();
        if (!json) {
            out.println("Verifying " + data.journal());
        }
        Health health = DataDirectory.verify(data, ignoreLock, finding -> {
            if (!json) {
                out.println(label(finding.kind()) + " " + finding.line());
            } else if (found.size() < KEPT) {
                found.add(finding);
            }
        });
        if (json) {
            out.println(Json.text(tree(health, found)));
        } else {
            tell(health, out);
        }
        return health.sound() ? DONE : FAILED;
    }

    static String label(Finding.Kind kind) {
        return switch (kind) {
            case DAMAGE -> "DAMAGED ";
            case HARMLESS -> "HARMLESS";
            case LOSS -> "LOST    ";
            case REMARK -> "REMARK  ";
        };
    }

    static void tell(Health health, PrintStream out) {
        out.println("Server's ID=" + health.store().map(Object::toString).orElse("none"));
        out.println(health.checkpoints() + " checkpoints, " + health.segments() + " segments, " + health.sparse() + " sparse segments, "
                + health.runs() + " files of references, " + health.bodies() + " bodies of large messages; " + health.records() + " sound records");
        for (QueueHealth queue : health.queues()) {
            out.println("Queue " + queue.name() + " on " + queue.address() + ": " + queue.messages() + " messages, " + queue.bytes() + " bytes"
                    + (queue.lost() == 0 ? "" : "; " + queue.lost() + " MORE ARE LOST"));
        }
        health.refusal().ifPresent(why -> {
            out.println("A start is refused: " + why);
            out.println("What the queues are said to hold is what 'artemis data recover' would find.");
        });
        if (health.sound()) {
            out.println("Healthy: everything is what was written.");
        } else {
            out.println("NOT HEALTHY: " + health.damages() + " places are damaged, " + health.lost() + " messages are lost. What to do: docs/data.md");
        }
    }

    private static Map<String, Object> tree(Health health, List<Finding> found) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("healthy", health.sound());
        tree.put("id", health.store().map(Object::toString).orElse(""));
        tree.put("starts", health.refusal().isEmpty());
        tree.put("refusal", health.refusal().orElse(""));
        tree.put("damages", health.damages());
        tree.put("lost", health.lost());
        tree.put("findings", found.stream().map(finding -> Map.of("kind", finding.kind().name(), "file", finding.file(), "offset", finding.offset(),
                "what", finding.what())).toList());
        tree.put("queues", health.queues().stream().map(queue -> Map.of("name", queue.name(), "address", queue.address(), "messages",
                queue.messages(), "bytes", queue.bytes(), "lost", queue.lost())).toList());
        return tree;
    }
}
