package io.delos.transport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** Listens to the transport's log while a test runs. */
final class Logged implements AutoCloseable {

    private final Logger logger = (Logger) LogManager.getLogger("io.delos.transport");
    private final List<LogEvent> events = new CopyOnWriteArrayList<>();
    private final AbstractAppender appender = new AbstractAppender("logged", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            events.add(event.toImmutable());
        }
    };

    Logged() {
        appender.start();
        logger.addAppender(appender);
        Configurator.setLevel(logger.getName(), Level.INFO);
    }

    /** What operators see. */
    List<String> lines() {
        return events.stream().filter(event -> event.getLevel().isMoreSpecificThan(Level.INFO))
                .map(event -> event.getMessage().getFormattedMessage()).toList();
    }

    boolean anyStackTrace() {
        return events.stream().anyMatch(event -> event.getLevel().isMoreSpecificThan(Level.INFO) && event.getThrown() != null);
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        Configurator.setLevel(logger.getName(), Level.ERROR);
    }
}
