package io.delos.message;

import java.util.Collection;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The dialects this broker knows, by id, and what was lost between them. Immutable apart from these counters; any thread. */
public final class Formats {

    private static final Logger LOG = LogManager.getLogger(Formats.class);

    private final MessageFormat[] byId = new MessageFormat[128];
    private final DropCounters drops = new DropCounters();

    /** Two formats of one id are a mistake of the build, reported with IllegalArgumentException. */
    public Formats(Collection<MessageFormat> formats) {
        for (MessageFormat format : formats) {
            if (byId[format.id()] != null) {
                throw new IllegalArgumentException("two message formats have the id " + format.id());
            }
            byId[format.id()] = format;
        }
    }

    /** The dialect with this id; MalformedMessageException if this broker has none such. */
    public MessageFormat of(byte id) {
        MessageFormat format = id < 0 ? null : byId[id];
        if (format == null) {
            throw new MalformedMessageException("no protocol is installed that reads messages of format " + id);
        }
        return format;
    }

    /** The message in the dialect {@code format}: itself when it is of that dialect, else translated through the neutral form. */
    public Message translate(Message message, byte format) {
        return message.format() == format ? message : message.translatedTo(of(format), this);
    }

    /** What translations have dropped. */
    public DropCounters drops() {
        return drops;
    }

    /** Counts what a message has lost on its way to a dialect, and tells the log. */
    public void dropped(Message message, byte to, Dropped what) {
        drops.count(message.format(), to, what);
        if (LOG.isDebugEnabled()) {
            LOG.debug("A message to {} loses on its way from {} to {}: {}", message.address(), DropCounters.name(message.format()),
                    DropCounters.name(to), what);
        }
    }

    /** Whether a {@linkplain Message#large large} message can be sent on in the dialect {@code format} with its body as it lies in its file. */
    public boolean streams(Message large, byte format) {
        return large.format() == format || of(large.format()).bodyIsBytes(large);
    }

    /** A property or header by its selector name; null if there is none. */
    public Object property(Message message, String name) {
        return of(message.format()).property(message, name);
    }
}
