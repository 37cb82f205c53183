package io.delos.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes an instance, ours or another version's, run with this program: new scripts and profiles, everything else stays. */
@Command(name = "upgrade", description = "Make an existing instance use this program; its configuration and data stay.")
final class UpgradeCommand extends Action {

    private static final Pattern ROLES = Pattern.compile("(?m)^\\s*HAWTIO_ROLES?=[\"']?([^\"'\\n]+)");

    @Parameters(paramLabel = "<directory>", arity = "1", description = "The instance.")
    Path directory;

    @Mixin
    ScriptOptions scripts = new ScriptOptions();

    @Override
    int perform() throws Exception {
        InstanceDirectory instance = scripts.directory(directory, surroundings().home());
        if (!Files.isReadable(instance.file("etc/broker.xml"))) {
            throw new CliException(instance.root() + " is no instance: " + instance.file("etc/broker.xml") + " is missing");
        }
        Path backup = backup(instance.root());
        out(Stars.LINE);
        out("Upgrading broker instance " + instance.root() + " to use this Artemis version at home: " + instance.home());
        out("Using " + backup + " as a backup folder for the modified files.");
        out("ETC found as " + instance.etc());
        String profile = text(instance.file("etc/artemis.profile"));
        Map<String, String> values = InstanceTexts.scripts(scripts, instance, role(profile));
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : InstanceTexts.SCRIPTS) {
            keep(instance, name, backup);
            texts.put(name, Template.fill(name, values));
        }
        keep(instance, "etc/bootstrap.xml", backup);
        Files.createDirectories(instance.root().resolve("tmp"));
        Files.createDirectories(instance.root().resolve("lib"));
        instance.write(texts, StandardCharsets.UTF_8);
        scripts.archiveClasses(instance, true, terminal());
        out(Stars.LINE);
        return DONE;
    }

    /** The first directory of the name that is not there yet. */
    private static Path backup(Path root) {
        int number = 1;
        while (Files.exists(root.resolve("old-config-bkp." + number))) {
            number++;
        }
        return root.resolve("old-config-bkp." + number);
    }

    private void keep(InstanceDirectory instance, String name, Path backup) throws IOException {
        Path file = instance.file(name);
        if (Files.exists(file)) {
            Path copy = backup.resolve(name);
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
            out("Copying " + file + " to " + copy);
        }
        out("Updating " + file);
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** The role that the old profile names; it is the one thing there that belongs to the instance and not to the program. */
    private static String role(String profile) {
        Matcher matcher = ROLES.matcher(profile);
        return matcher.find() ? matcher.group(1).trim() : "amq";
    }
}
