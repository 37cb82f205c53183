package io.delos.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Make a broker instance: a directory with its configuration, data and scripts.")
final class CreateCommand extends Action {

    @Parameters(paramLabel = "<directory>", arity = "1", description = "Where the instance is to be.")
    Path directory;

    @Option(names = "--force", description = "Overwrite what is there.")
    boolean force;

    @Mixin
    NetworkOptions network = new NetworkOptions();

    @Mixin
    WebOptions web = new WebOptions();

    @Mixin
    AccessOptions access = new AccessOptions();

    @Mixin
    AddressOptions addresses = new AddressOptions();

    @Mixin
    StorageOptions storage = new StorageOptions();

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    ScriptOptions scripts = new ScriptOptions();

    @Override
    int perform() throws Exception {
        Charset encoding = encoding();
        network.check();
        addresses.check();
        cluster.check();
        ask();
        InstanceDirectory instance = scripts.directory(directory, surroundings().home());
        out("Creating Apache Artemis instance at: " + instance.root());
        out("");
        try {
            instance.prepare(force, InstanceTexts.NAMES);
            Optional<DiskSpeed> speed = storage.measures() ? measure(instance) : Optional.empty();
            Map<String, String> texts = new InstanceTexts(this, instance, encoding, speed).all();
            instance.write(texts, encoding);
            Caveats.of(this, texts.get("etc/broker.xml")).forEach(terminal()::warn);
        } catch (IOException e) {
            throw new CliException("Cannot write to " + instance.root() + ": " + e.getMessage(), e);
        }
        scripts.archiveClasses(instance, false, terminal());
        tellHowToStart(instance.root());
        return DONE;
    }

    private Charset encoding() throws CliException {
        try {
            return Charset.forName(scripts.encoding);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new CliException("--encoding: '" + scripts.encoding + "' is not a character set", e);
        }
    }

    /** Completes what was not given; a value that is missing and cannot be asked for ends the command. */
    private void ask() throws CliException {
        access.user = require(access.user, "--user", "The name of the first user");
        if (access.password == null) {
            access.password = askedTwice("--password", "The password of that user");
        }
        if (!access.allowAnonymous && !access.requireLogin) {
            access.allowAnonymous = silent || mayAsk() && askYesNo("--allow-anonymous", "May clients connect without a user name?");
        }
        if (cluster.clustered()) {
            if (network.host == null && mayAsk()) {
                network.host = require(null, "--host", "The name other machines know this one by");
            }
            cluster.user = silent && cluster.user == null ? ClusterOptions.DEFAULT_USER
                    : require(cluster.user, "--cluster-user", "The user brokers of the cluster connect as");
            if (cluster.password == null) {
                cluster.password = askedTwice("--cluster-password", "The password of that user");
            }
        }
    }

    private String askedTwice(String option, String question) throws CliException {
        while (true) {
            String first = requireSecret(null, option, question);
            if (first.equals(requireSecret(null, option, question + ", once more"))) {
                return first;
            }
            terminal().complain("The two are not the same.");
        }
    }

    private Optional<DiskSpeed> measure(InstanceDirectory instance) throws IOException {
        out("Auto tuning journal ...");
        DiskSpeed speed = DiskSpeed.measure(instance.data(), storage.blockSizeOrUsual(), !storage.noFsync);
        out("done! Your system can make " + speed.shown() + " writes per millisecond, your journal-buffer-timeout will be "
                + speed.bufferTimeoutNanos());
        out("");
        return Optional.of(speed);
    }

    private void tellHowToStart(Path root) {
        out("You can now start the broker by executing:  ");
        out("");
        out("   \"" + root.resolve("bin/artemis") + "\" run");
        out("");
        out("Or you can run the broker in the background using:");
        out("");
        out("   \"" + root.resolve("bin/artemis-service") + "\" start");
        out("");
    }
}
