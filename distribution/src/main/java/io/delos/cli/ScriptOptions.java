package io.delos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What ends up in an instance's scripts and profiles; shared by {@code create} and {@code upgrade}. */
final class ScriptOptions {

    @Option(names = "--data", paramLabel = "<directory>", defaultValue = "data",
            description = "Where messages are kept, absolute or below the instance. Default: ${DEFAULT-VALUE}.")
    String data;

    @Option(names = "--etc", paramLabel = "<directory>", defaultValue = "etc",
            description = "Where the configuration is, absolute or below the instance. Default: ${DEFAULT-VALUE}.")
    String etc;

    @Option(names = "--home", paramLabel = "<directory>", description = "The program's directory. Default: this program's.")
    Path home;

    @Option(names = "--encoding", paramLabel = "<charset>", defaultValue = "UTF-8", description = "Of the files. Default: ${DEFAULT-VALUE}.")
    String encoding;

    @Option(names = "--java-memory", paramLabel = "<size>", defaultValue = "2G", description = "The heap's maximum. Default: ${DEFAULT-VALUE}.")
    String javaMemory;

    @Option(names = "--java-options", paramLabel = "<options>", description = "More options for the broker's Java; may be repeated.")
    List<String> javaOptions = List.of();

    @Option(names = "--java-utility-options", paramLabel = "<options>", description = "More options for the commands' Java; may be repeated.")
    List<String> utilityOptions = List.of();

    @Option(names = {"--linux", "--cygwin"}, description = "Write shell scripts (default).")
    boolean linux;

    @Option(names = "--windows", description = "Write scripts for Windows.")
    boolean windows;

    @Option(names = "--no-class-archive", description = "Do not make the archive of classes with which the broker starts faster.")
    boolean noClassArchive;

    /** Makes the archive of classes; one that is there and fits is enough unless {@code anew}. That none can be made is no failure. */
    void archiveClasses(InstanceDirectory instance, boolean anew, Terminal terminal) {
        if (noClassArchive) {
            return;
        }
        try {
            Optional<ClassArchive> archive = ClassArchive.of(instance);
            if (archive.isPresent() && (anew || !archive.get().isFresh())) {
                archive.get().make();
            }
        } catch (IOException | CliException reason) {
            terminal.warn("There is no archive of classes, so the broker starts more slowly: " + reason.getMessage());
        }
    }

    InstanceDirectory directory(Path root, Path ownHome) {
        Path absolute = root.toAbsolutePath().normalize();
        return new InstanceDirectory(absolute, absolute.resolve(etc), absolute.resolve(data), home == null ? ownHome : home.toAbsolutePath());
    }

    /** Options as they follow others inside double quotes of a profile. */
    static String following(List<String> options) {
        return options.isEmpty() ? "" : " " + String.join(" ", options).replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
