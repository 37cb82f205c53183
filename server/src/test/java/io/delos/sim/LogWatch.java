package io.delos.sim;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What the broker tells its operators: part of the trace; and an error of a node whose disk is sound is a violation. */
final class LogWatch implements AutoCloseable {
    private static final String EVERYTHING = "io.delos";

    private final World world;
    private final Logger logger = (Logger) LogManager.getLogger(EVERYTHING);
    private final Level before = logger.getLevel();
    private final boolean additive = logger.isAdditive();
    private List<Node> nodes = List.of();
    private final AbstractAppender appender = new AbstractAppender("simulation", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            heard(event);
        }
    };

    LogWatch(World world) {
        this.world = world;
        appender.start();
        Configurator.setLevel(EVERYTHING, world.trace.told() ? Level.INFO : Level.ERROR);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    void watch(List<Node> all) {
        nodes = all;
    }

    private void heard(LogEvent event) {
        world.trace.say(() -> "  " + event.getLevel() + " " + event.getMessage().getFormattedMessage()
                + (event.getThrown() == null ? "" : " " + event.getThrown()));
        boolean sound = nodes.stream().allMatch(node -> node.life() != null && node.life().alive() && !node.life().troubled());
        if (sound && event.getLevel().isMoreSpecificThan(Level.ERROR)) {
            world.violated(new Violation("an error was logged: " + event.getMessage().getFormattedMessage(), event.getThrown()));
        }
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        logger.setAdditive(additive);
        Configurator.setLevel(EVERYTHING, before);
    }
}
