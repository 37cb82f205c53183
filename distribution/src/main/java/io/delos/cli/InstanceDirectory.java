package io.delos.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * Where an instance's files are.
 *
 * @param root the instance itself
 * @param etc its configuration
 * @param data its messages
 * @param home the program it runs with
 */
record InstanceDirectory(Path root, Path etc, Path data, Path home) {

    private static final String ETC = "etc/";

    /** The place of a file named as templates are: {@code bin/…} or {@code etc/…}. */
    Path file(String name) {
        return name.startsWith(ETC) ? etc.resolve(name.substring(ETC.length())) : root.resolve(name);
    }

    /** Makes the directories, after checking that no file would be overwritten by accident. */
    void prepare(boolean force, List<String> names) throws CliException, IOException {
        for (String name : names) {
            if (!force && Files.exists(file(name))) {
                throw new CliException("The file '" + file(name) + "' already exists.  Use --force to overwrite.");
            }
        }
        for (Path directory : List.of(root, root.resolve("bin"), etc, data, root.resolve("lib"), root.resolve("log"), root.resolve("tmp"))) {
            Files.createDirectories(directory);
        }
        if (!Files.isWritable(root)) {
            throw new CliException("The directory '" + root + "' is not writable.");
        }
    }

    /** Writes the files; those below {@code bin} may be executed. */
    void write(Map<String, String> texts, Charset encoding) throws IOException {
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = file(text.getKey());
            Files.writeString(file, text.getValue(), encoding);
            if (text.getKey().startsWith("bin/") && Files.getFileAttributeView(file, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxr-x"));
            }
        }
    }
}
