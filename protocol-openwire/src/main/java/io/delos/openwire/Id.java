package io.delos.openwire;

import io.delos.message.Xid;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How OpenWire names connections and what belongs to them. All but a message's are chosen by the client. */
sealed interface Id {

    /** What the broker names too. */
    sealed interface Told extends Id {
        void write(WireWriter out);
    }

    record ConnectionId(String value) implements Told {
        static Optional<ConnectionId> read(WireReader in) throws MalformedFrameException {
            return in.nested(Types.CONNECTION_ID) ? Optional.of(new ConnectionId(in.text())) : Optional.empty();
        }

        @Override
        public void write(WireWriter out) {
            out.nested(Types.CONNECTION_ID);
            out.text(value);
        }
    }

    record SessionId(String connection, long value) implements Id {
        static SessionId body(WireReader in) throws MalformedFrameException {
            return new SessionId(in.text(), in.number64());
        }
    }

    record ConsumerId(String connection, long session, long value) implements Told {
        static Optional<ConsumerId> read(WireReader in) throws MalformedFrameException {
            return in.nested(Types.CONSUMER_ID) ? Optional.of(body(in)) : Optional.empty();
        }

        static ConsumerId body(WireReader in) throws MalformedFrameException {
            return new ConsumerId(in.text(), in.number64(), in.number64());
        }

        @Override
        public void write(WireWriter out) {
            out.nested(Types.CONSUMER_ID);
            out.text(connection);
            out.number64(session);
            out.number64(value);
        }

        @Override
        public String toString() {
            return connection + ':' + session + ':' + value;
        }
    }

    record ProducerId(String connection, long value, long session) implements Told {
        static Optional<ProducerId> read(WireReader in) throws MalformedFrameException {
            return in.nested(Types.PRODUCER_ID) ? Optional.of(body(in)) : Optional.empty();
        }

        static ProducerId body(WireReader in) throws MalformedFrameException {
            return new ProducerId(in.text(), in.number64(), in.number64());
        }

        @Override
        public void write(WireWriter out) {
            out.nested(Types.PRODUCER_ID);
            out.text(connection);
            out.number64(value);
            out.number64(session);
        }

        @Override
        public String toString() {
            return connection + ':' + session + ':' + value;
        }
    }

    /**
     * A message's id.
     *
     * @param text           what users see of it, where that isn't made of the rest; empty otherwise
     * @param producer       who sent it
     * @param sequence       counted by the producer
     * @param brokerSequence counted by the broker, for each connection that receives it
     */
    record MessageId(String text, Optional<ProducerId> producer, long sequence, long brokerSequence) implements Id {
        /** The broker's sequence alone, of an id that may be absent: an acknowledgement comes with each message. */
        static long brokerSequence(WireReader in, long ifAbsent) throws MalformedFrameException {
            if (!in.nested(Types.MESSAGE_ID)) {
                return ifAbsent;
            }
            if (in.since(10)) {
                in.skipText();
            }
            if (in.nested(Types.PRODUCER_ID)) {
                in.skipText();
                in.number64();
                in.number64();
            }
            in.number64();
            return in.number64();
        }

        /** Everything but the broker's sequence, which some readers want to know the place of. */
        static MessageId beginning(WireReader in) throws MalformedFrameException {
            return new MessageId(in.since(10) ? in.text() : "", ProducerId.read(in), in.number64(), 0);
        }

        MessageId withBrokerSequence(long number) {
            return new MessageId(text, producer, sequence, number);
        }

        void write(WireWriter out) {
            out.nested(Types.MESSAGE_ID);
            if (out.since(10)) {
                out.text(text);
            }
            producer.ifPresentOrElse(id -> id.write(out), out::absent);
            out.number64(sequence);
            out.number64(brokerSequence);
        }

        /** As users see it. */
        String view() {
            return !text.isEmpty() ? text : producer.map(ProducerId::toString).orElse("") + ':' + sequence;
        }

        /** Reads {@link #view} back: three numbers behind a connection's name. Empty if it is no such text. */
        static Optional<MessageId> parse(String view) {
            int third = view.lastIndexOf(':');
            int second = third < 0 ? -1 : view.lastIndexOf(':', third - 1);
            int first = second < 0 ? -1 : view.lastIndexOf(':', second - 1);
            if (first <= "ID:".length() || !view.startsWith("ID:")) {
                return Optional.empty();
            }
            try {
                long session = Long.parseLong(view, first + 1, second, 10);
                long value = Long.parseLong(view, second + 1, third, 10);
                long sequence = Long.parseLong(view, third + 1, view.length(), 10);
                MessageId id = new MessageId("", Optional.of(new ProducerId(view.substring(0, first), value, session)), sequence, 0);
                return id.view().equals(view) ? Optional.of(id) : Optional.empty();
            } catch (NumberFormatException noNumber) {
                return Optional.empty();
            }
        }
    }

    /** What a transaction is called. */
    sealed interface TransactionId extends Id {
        static Optional<TransactionId> read(WireReader in) throws MalformedFrameException {
            int type = in.nested();
            return switch (type) {
                case 0 -> Optional.empty();
                case Types.LOCAL_TRANSACTION_ID -> Optional.of(LocalId.body(in));
                case Types.XA_TRANSACTION_ID -> Optional.of(XaId.body(in));
                default -> throw new MalformedFrameException("an object of type " + type + " where a transaction is expected");
            };
        }
    }

    record LocalId(long value, Optional<ConnectionId> connection) implements TransactionId {
        static LocalId body(WireReader in) throws MalformedFrameException {
            return new LocalId(in.number64(), ConnectionId.read(in));
        }

        @Override
        public String toString() {
            return "TX:" + connection.map(ConnectionId::value).orElse("") + ':' + value;
        }
    }

    /** A branch of a distributed transaction; its bytes as Latin-1 texts, so that equal ids are equal. */
    record XaId(int format, String global, String branch) implements TransactionId {
        static XaId body(WireReader in) throws MalformedFrameException {
            return new XaId(in.number32(), latin(in.slice()), latin(in.slice()));
        }

        Xid xid() {
            return new Xid(format, global.getBytes(StandardCharsets.ISO_8859_1), branch.getBytes(StandardCharsets.ISO_8859_1));
        }

        private static String latin(Slice slice) {
            return new String(slice.copy(), StandardCharsets.ISO_8859_1);
        }
    }
}
