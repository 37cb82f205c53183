package io.delos.openwire;

import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.Id.TransactionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A message as OpenWire writes it. Body and properties stay encoded until somebody asks.
 *
 * @param kind the type of the structure, which says what the body is
 */
record WireMessage(int kind, Labels labels, Terms terms, Body body) {

    /** Names and texts; empty where absent. */
    record Labels(Optional<ProducerId> producer, WireDestination destination, WireDestination original, WireDestination replyTo,
                  Optional<MessageId> id, String group, int groupSequence, String correlation, String type, String user) { }

    /** How it is to be treated; times in milliseconds since the epoch, 0 for none. */
    record Terms(boolean persistent, long expiration, int priority, long timestamp) { }

    /** What it says; the properties are an encoded map. */
    record Body(boolean compressed, Slice content, Slice properties, Optional<Elsewhere> elsewhere) {
        Body(boolean compressed, Slice content, Slice properties) {
            this(compressed, content, properties, Optional.empty());
        }
    }

    /** Where the content of a BlobMessage is to be had; clients see to that by themselves. */
    record Elsewhere(String url, String mimeType, boolean deletedByBroker) { }

    /** Where in the array it was read from things are that change from delivery to delivery, or are compared. */
    record Marks(int destinationName, int brokerSequence, int brokerSequenceEnd, int brokerSequenceFlag) { }

    /** A message on its way in. */
    record Sent(Command.Head head, Optional<TransactionId> transaction, WireMessage message, Marks marks) { }

    /** An id, and where its broker sequence number was found. */
    private record Placed(Optional<MessageId> id, int start, int end, int flag) {
        static Placed read(WireReader in) throws MalformedFrameException {
            if (!in.nested(Types.MESSAGE_ID)) {
                return new Placed(Optional.empty(), in.position(), in.position(), in.flagPosition());
            }
            MessageId beginning = MessageId.beginning(in);
            int start = in.position();
            int flag = in.flagPosition();
            MessageId id = beginning.withBrokerSequence(in.number64());
            return new Placed(Optional.of(id), start, in.position(), flag);
        }
    }

    /** Reads a message of this kind; the reader stands behind the type. */
    static Sent read(int kind, WireReader in) throws MalformedFrameException {
        Command.Head head = Command.Head.read(in);
        Optional<ProducerId> producer = ProducerId.read(in);
        WireDestination destination = WireDestination.read(in);
        int destinationName = in.position() - ModifiedUtf.length(destination.name()) - Short.BYTES;
        Optional<TransactionId> transaction = TransactionId.read(in);
        WireDestination original = WireDestination.read(in);
        Placed placed = Placed.read(in);
        TransactionId.read(in); // the one it was first sent in
        String group = in.text();
        int groupSequence = in.number32();
        String correlation = in.text();
        boolean persistent = in.bool();
        long expiration = in.number64();
        int priority = in.number8();
        WireDestination replyTo = WireDestination.read(in);
        long timestamp = in.number64();
        String type = in.text();
        Slice content = in.slice();
        Slice properties = in.slice();
        if (in.nested() != 0) {
            throw new MalformedFrameException("a message with a command in it is not for brokers");
        }
        ConsumerId.read(in); // whom it is for
        boolean compressed = in.bool();
        String user = readRest(in);
        Optional<Elsewhere> elsewhere = kind == Types.BLOB_MESSAGE ? Optional.of(new Elsewhere(in.text(), in.text(), in.bool())) : Optional.empty();
        return new Sent(head, transaction, new WireMessage(kind,
                new Labels(producer, destination, original, replyTo, placed.id, group, groupSequence, correlation, type, user),
                new Terms(persistent, Math.max(0, expiration), priority, timestamp), new Body(compressed, content, properties, elsewhere)),
                new Marks(destinationName, placed.start, placed.end, placed.flag));
    }

    /** What stands behind the body; only the user is of interest. */
    private static String readRest(WireReader in) throws MalformedFrameException {
        in.number32(); // redeliveries
        in.skipBrokerIds();
        in.number64(); // arrival
        String user = in.text();
        in.bool(); // came over a bridge
        if (in.since(2)) {
            in.bool(); // may be dropped
        }
        if (in.since(3)) {
            in.skipBrokerIds();
            in.number64(); // in at
            in.number64(); // out at
        }
        if (in.since(10)) {
            in.bool(); // the first of its group for its consumer
        }
        return user;
    }

    /** Writes everything behind the type. */
    void write(WireWriter out) {
        write(out, Optional.empty());
    }

    /** Writes everything behind the type, and perhaps a command in the message. */
    void write(WireWriter out, Optional<News> news) {
        out.number32(0);
        out.bool(false);
        labels.producer.ifPresentOrElse(id -> id.write(out), out::absent);
        labels.destination.write(out);
        out.absent(); // transaction
        labels.original.write(out);
        labels.id.ifPresentOrElse(id -> id.write(out), out::absent);
        out.absent(); // original transaction
        out.text(labels.group);
        out.number32(labels.groupSequence);
        out.text(labels.correlation);
        out.bool(terms.persistent);
        out.number64(terms.expiration);
        out.number8(terms.priority);
        labels.replyTo.write(out);
        out.number64(terms.timestamp);
        out.text(labels.type);
        out.slice(body.content);
        out.slice(body.properties);
        news.ifPresentOrElse(command -> command.write(out), out::absent);
        out.absent(); // whom it is for
        out.bool(body.compressed);
        writeRest(out);
        body.elsewhere.ifPresent(place -> {
            out.text(place.url);
            out.text(place.mimeType);
            out.bool(place.deletedByBroker);
        });
    }

    private void writeRest(WireWriter out) {
        out.number32(0); // redeliveries: the delivery says it
        out.absent(); // path through brokers
        out.number64(terms.timestamp);
        out.text(labels.user);
        out.bool(false); // came over a bridge
        if (out.since(2)) {
            out.bool(false); // may be dropped
        }
        if (out.since(3)) {
            out.absent(); // cluster
            out.number64(0);
            out.number64(0);
        }
        if (out.since(10)) {
            out.bool(false); // the first of its group for its consumer
        }
    }

    /** The same, going to another place; it remembers the first. */
    WireMessage redirected(WireDestination destination) {
        WireDestination first = labels.original.present() ? labels.original : labels.destination;
        return withLabels(new Labels(labels.producer, destination, first, labels.replyTo, labels.id, labels.group, labels.groupSequence,
                labels.correlation, labels.type, labels.user));
    }

    WireMessage withId(MessageId id) {
        return withLabels(new Labels(id.producer(), labels.destination, labels.original, labels.replyTo, Optional.of(id), labels.group,
                labels.groupSequence, labels.correlation, labels.type, labels.user));
    }

    WireMessage withUser(String user) {
        return withLabels(new Labels(labels.producer, labels.destination, labels.original, labels.replyTo, labels.id, labels.group,
                labels.groupSequence, labels.correlation, labels.type, user));
    }

    private WireMessage withLabels(Labels changed) {
        return new WireMessage(kind, changed, terms, body);
    }

    WireMessage withExpiration(long expiration) {
        return new WireMessage(kind, labels, new Terms(terms.persistent, expiration, terms.priority, terms.timestamp), body);
    }

    WireMessage withProperties(Map<String, Object> properties) {
        Slice encoded = properties.isEmpty() ? Slice.ABSENT : Slice.of(Primitives.encode(properties));
        return new WireMessage(kind, labels, terms, new Body(body.compressed, body.content, encoded, body.elsewhere));
    }

    /** The properties, decoded. */
    Map<String, Object> properties() throws MalformedFrameException {
        return body.properties.present() ? Primitives.map(body.properties) : new LinkedHashMap<>();
    }
}
