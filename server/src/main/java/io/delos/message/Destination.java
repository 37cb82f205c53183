package io.delos.message;

/** Where a reply should go: a name and what the sender said of its kind. */
public record Destination(String name, Kind kind) {

    /** No destination. */
    public static final Destination NONE = new Destination("", Kind.UNKNOWN);

    /** What a destination was called by the client that named it. */
    public enum Kind {
        UNKNOWN(""), QUEUE("queue://"), TOPIC("topic://"), TEMPORARY_QUEUE("temp-queue://"), TEMPORARY_TOPIC("temp-topic://");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /** The prefix that CORE writes in front of the name: {@code queue://} and its like; empty for unknown. */
        public String prefix() {
            return prefix;
        }
    }

    public boolean present() {
        return !name.isEmpty();
    }

    /** The name behind its prefix, as CORE stores a reply-to. */
    public String prefixed() {
        return kind.prefix() + name;
    }

    /** Reads {@link #prefixed()} back; a bare name is of unknown kind. */
    public static Destination parse(String prefixed) {
        for (Kind kind : Kind.values()) {
            if (!kind.prefix.isEmpty() && prefixed.startsWith(kind.prefix)) {
                return new Destination(prefixed.substring(kind.prefix.length()), kind);
            }
        }
        return new Destination(prefixed, Kind.UNKNOWN);
    }
}
