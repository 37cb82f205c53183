package io.delos.transport;

import io.delos.config.TlsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The stores of an acceptor, and whether they have changed. Used by one thread after the other. */
final class TlsFiles {

    private static final Logger LOG = LogManager.getLogger(TlsFiles.class);

    private final TlsOptions options;
    private final UnaryOperator<String> reveal;
    private volatile List<FileTime> seen = List.of();

    TlsFiles(TlsOptions options, UnaryOperator<String> reveal) {
        this.options = options;
        this.reveal = reveal;
    }

    /** What the files say now; as {@link Tls#of}. */
    Tls read() throws IOException {
        seen = times();
        return Tls.of(options, reveal);
    }

    /** What the files say, if they say something new that makes sense; otherwise one line in the log, and things stay as they are. */
    Optional<Tls> readIfChanged(String acceptor) {
        try {
            if (times().equals(seen)) {
                return Optional.empty();
            }
            Tls changed = read();
            LOG.info("Acceptor \"{}\" has read its TLS stores again: new connections use them", acceptor);
            return Optional.of(changed);
        } catch (IOException | IllegalArgumentException wrong) {
            LOG.warn("Acceptor \"{}\" can't use its changed TLS stores and keeps what it had: {}", acceptor, wrong.getMessage());
            return Optional.empty();
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (String path : List.of(options.keyStore().path(), options.trust().path())) {
            if (!path.isEmpty()) {
                times.add(Files.getLastModifiedTime(Path.of(path)));
            }
        }
        return times;
    }
}
