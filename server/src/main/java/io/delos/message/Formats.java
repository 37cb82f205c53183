package io.delos.message;

import java.util.Collection;

/** The dialects this broker knows, by id. Immutable; any thread. */
public final class Formats {

    private final MessageFormat[] byId = new MessageFormat[128];

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

    /** Whether a {@linkplain Message#large large} message can be sent on in the dialect {@code format} with its body as it lies in its file. */
    public boolean streams(Message large, byte format) {
        return large.format() == format || of(large.format()).bodyIsBytes(large);
    }

    /** A property or header by its selector name; null if there is none. */
    public Object property(Message message, String name) {
        return of(message.format()).property(message, name);
    }
}
