package io.delos.server;

import io.delos.broker.BrokerStart;
import io.delos.config.BrokerXml;
import io.delos.management.BrokerFacts;
import io.delos.security.Login;
import io.delos.security.LoginFile;
import io.delos.security.UserFiles;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What management shows of the process and its disk. Any thread. */
final class Surroundings implements BrokerFacts {

    private final Path journal;
    private final BrokerStart start;
    private final ServerOptions options;
    private final long startedAt = System.currentTimeMillis();

    Surroundings(Path journal, BrokerStart start, ServerOptions options) {
        this.options = options;
        this.journal = journal;
        this.start = start;
    }

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public long uptimeMillis() {
        return System.currentTimeMillis() - startedAt;
    }

    @Override
    public String uptime() {
        return words(uptimeMillis());
    }

    /** {@code 41.627 seconds}, {@code 26 minutes}, {@code 3 hours 5 minutes}, {@code 2 days 1 hours}. */
    static String words(long millis) {
        long minutes = millis / 60_000;
        if (minutes == 0) {
            return String.format(Locale.ROOT, "%.3f seconds", millis / 1000.0);
        }
        if (minutes < 60) {
            return minutes == 1 ? "1 minute" : minutes + " minutes";
        }
        long hours = minutes / 60;
        return hours < 24 ? hours + " hours " + minutes % 60 + " minutes" : hours / 24 + " days " + hours % 24 + " hours";
    }

    @Override
    public double diskUsage() {
        try {
            FileStore store = Files.getFileStore(journal);
            return 1 - (double) store.getUsableSpace() / store.getTotalSpace();
        } catch (IOException unknown) {
            return 0;
        }
    }

    @Override
    public Optional<UserFiles> users() {
        return options.users();
    }

    @Override
    public List<LoginFile> loginFiles() {
        return options.login().map(Login::files).orElse(List.of());
    }

    @Override
    public List<BrokerXml.AppliedSource> overrides() {
        return options.overrides();
    }

    @Override
    public long windowBytes() {
        return start.windowBytes();
    }

    @Override
    public long windowLimit() {
        return start.windowLimit();
    }
}
