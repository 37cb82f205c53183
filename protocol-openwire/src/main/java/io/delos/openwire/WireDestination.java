package io.delos.openwire;

import io.delos.config.RoutingType;
import io.delos.message.Destination;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a message goes or comes from, as an OpenWire client names it. */
record WireDestination(Kind kind, String name) {

    /** What nobody has named. */
    static final WireDestination NONE = new WireDestination(Kind.QUEUE, "");

    private static final String ADVISORY = "ActiveMQ.Advisory.";
    /** More parts than this are nobody's honest wish. */
    private static final int MOST_PARTS = 256;

    /** The four kinds, in the order of their types. */
    enum Kind {
        QUEUE(Destination.Kind.QUEUE), TOPIC(Destination.Kind.TOPIC), TEMPORARY_QUEUE(Destination.Kind.TEMPORARY_QUEUE),
        TEMPORARY_TOPIC(Destination.Kind.TEMPORARY_TOPIC);

        private static final Kind[] ALL = values();

        private final Destination.Kind neutral;

        Kind(Destination.Kind neutral) {
            this.neutral = neutral;
        }

        int type() {
            return Types.QUEUE + ordinal();
        }

        boolean queue() {
            return this == QUEUE || this == TEMPORARY_QUEUE;
        }

        boolean temporary() {
            return ordinal() >= TEMPORARY_QUEUE.ordinal();
        }

        static Kind of(int type) throws MalformedFrameException {
            if (type < Types.QUEUE || type >= Types.QUEUE + ALL.length) {
                throw new MalformedFrameException("an object of type " + type + " where a destination is expected");
            }
            return ALL[type - Types.QUEUE];
        }
    }

    static WireDestination queue(String name) {
        return new WireDestination(Kind.QUEUE, name);
    }

    static WireDestination topic(String name) {
        return new WireDestination(Kind.TOPIC, name);
    }

    /** {@link #NONE} if it is absent. */
    static WireDestination read(WireReader in) throws MalformedFrameException {
        int type = in.nested();
        return type == 0 ? NONE : new WireDestination(Kind.of(type), in.text());
    }

    /** Passes over one. */
    static void skip(WireReader in) throws MalformedFrameException {
        int type = in.nested();
        if (type != 0) {
            Kind.of(type);
            in.skipText();
        }
    }

    void write(WireWriter out) {
        if (!present()) {
            out.absent();
            return;
        }
        out.nested(kind.type());
        out.textOrEmpty(name);
    }

    boolean present() {
        return !name.isEmpty();
    }

    boolean queue() {
        return kind.queue();
    }

    boolean temporary() {
        return kind.temporary();
    }

    boolean advisory() {
        return kind == Kind.TOPIC && name.startsWith(ADVISORY);
    }

    /** Whether what is sent there is a question to the broker. */
    boolean scheduler() {
        return name.equals(Scheduler.ADDRESS);
    }

    boolean composite() {
        return name.indexOf(',') >= 0;
    }

    RoutingType routingType() {
        return queue() ? RoutingType.ANYCAST : RoutingType.MULTICAST;
    }

    byte routing() {
        return queue() ? Message.ROUTE_ANYCAST : Message.ROUTE_MULTICAST;
    }

    /** The destinations it consists of: those between its commas, each of its own kind if it says so. */
    List<WireDestination> parts() throws MalformedFrameException {
        if (!composite()) {
            return List.of(this);
        }
        List<WireDestination> parts = new ArrayList<>();
        for (String text : name.split(",")) {
            String part = text.trim();
            if (!part.isEmpty()) {
                parts.add(named(part).orElse(new WireDestination(kind, part)));
            }
        }
        if (parts.isEmpty() || parts.size() > MOST_PARTS) {
            throw new MalformedFrameException("a destination of " + parts.size() + " parts");
        }
        return parts;
    }

    /** The destination that a text with {@code queue://} or its like in front names. */
    private static Optional<WireDestination> named(String text) {
        for (Kind kind : Kind.ALL) {
            if (text.startsWith(kind.neutral.prefix())) {
                return Optional.of(new WireDestination(kind, text.substring(kind.neutral.prefix().length())));
            }
        }
        return Optional.empty();
    }

    Destination neutral() {
        return present() ? new Destination(name, kind.neutral) : Destination.NONE;
    }

    @Override
    public String toString() {
        return kind.neutral.prefix() + name;
    }
}
