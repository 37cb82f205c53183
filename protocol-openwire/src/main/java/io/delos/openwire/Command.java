package io.delos.openwire;

import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.Id.SessionId;
import io.delos.openwire.Id.TransactionId;
import java.util.Optional;

/** What a client says (section 4), but for messages, which are {@link WireMessage}s. What means nothing to the broker isn't kept. */
sealed interface Command {

    /** What every command begins with: its number, and whether the client waits for an answer. */
    record Head(int id, boolean answer) {
        static Head read(WireReader in) throws MalformedFrameException {
            return new Head(in.number32(), in.bool());
        }
    }

    Head head();

    /** Logs in. */
    record ConnectionInfo(Head head, Optional<ConnectionId> connection, String clientId, String password, String user, boolean manageable,
                          boolean faultTolerant, boolean failoverReconnect) implements Command {
        static ConnectionInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            Optional<ConnectionId> connection = ConnectionId.read(in);
            String clientId = in.text();
            String password = in.text();
            String user = in.text();
            in.skipBrokerIds();
            in.bool(); // whether a broker connects
            boolean manageable = in.bool();
            if (in.since(2)) {
                in.bool(); // whether it talks to a master
            }
            boolean faultTolerant = in.since(6) && in.bool();
            boolean reconnect = in.since(6) && in.bool();
            return new ConnectionInfo(head, connection, clientId, password, user, manageable, faultTolerant, reconnect);
        }

        @Override
        public String toString() {
            return "ConnectionInfo[" + clientId + ", " + user + "]";
        }
    }

    record SessionInfo(Head head, Optional<SessionId> session) implements Command {
        static SessionInfo read(WireReader in) throws MalformedFrameException {
            return new SessionInfo(Head.read(in), in.nested(Types.SESSION_ID) ? Optional.of(SessionId.body(in)) : Optional.empty());
        }
    }

    /** Begins to consume. */
    record ConsumerInfo(Head head, ConsumerId consumer, WireDestination destination, int prefetch, String selector, String clientId,
                        String subscription, Traits traits) implements Command {

        record Traits(boolean browser, boolean noLocal, boolean exclusive, int priority) { }

        static ConsumerInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            ConsumerId consumer = required(ConsumerId.read(in), "a consumer without an id");
            boolean browser = in.bool();
            WireDestination destination = WireDestination.read(in);
            int prefetch = in.number32();
            in.number32(); // how many messages may wait for a slow consumer
            in.bool(); // whether to dispatch on another thread
            String selector = in.text();
            String clientId = in.since(10) ? in.text() : "";
            String subscription = in.text();
            boolean noLocal = in.bool();
            boolean exclusive = in.bool();
            in.bool(); // retroactive
            int priority = in.number8();
            return new ConsumerInfo(head, consumer, destination, prefetch, selector, clientId, subscription,
                    new Traits(browser, noLocal, exclusive, priority));
        }

        boolean durable() {
            return !subscription.isEmpty();
        }
    }

    /** Says that messages will be sent; without a destination each will say where to. */
    record ProducerInfo(Head head, ProducerId producer, WireDestination destination, int window) implements Command {
        static ProducerInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            ProducerId producer = required(ProducerId.read(in), "a producer without an id");
            WireDestination destination = WireDestination.read(in);
            in.skipBrokerIds();
            if (in.since(2)) {
                in.bool(); // whether to dispatch on another thread
            }
            return new ProducerInfo(head, producer, destination, in.since(3) ? in.number32() : 0);
        }
    }

    record TransactionInfo(Head head, Optional<TransactionId> transaction, int kind) implements Command {
        static final int BEGIN = 0;
        static final int PREPARE = 1;
        static final int COMMIT_ONE_PHASE = 2;
        static final int COMMIT_TWO_PHASE = 3;
        static final int ROLLBACK = 4;
        static final int RECOVER = 5;
        static final int FORGET = 6;
        static final int END = 7;

        static TransactionInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            ConnectionId.read(in);
            return new TransactionInfo(head, TransactionId.read(in), in.number8());
        }
    }

    /** Creates a destination, or deletes it. */
    record DestinationInfo(Head head, WireDestination destination, boolean removes) implements Command {
        static DestinationInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            ConnectionId.read(in);
            return new DestinationInfo(head, WireDestination.read(in), in.number8() == 1);
        }
    }

    /** Forgets a durable subscription. */
    record RemoveSubscriptionInfo(Head head, String subscription, String clientId) implements Command {
        static RemoveSubscriptionInfo read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            ConnectionId.read(in);
            return new RemoveSubscriptionInfo(head, in.text(), in.text());
        }
    }

    /** Ends a consumer, producer, session or connection. */
    record RemoveInfo(Head head, Optional<Id> object, long lastDelivered) implements Command {
        /** The client did not say what was delivered. */
        static final long NOTHING_DELIVERED = -1;

        static RemoveInfo read(WireReader in) throws MalformedFrameException {
            return new RemoveInfo(Head.read(in), object(in), in.since(5) ? in.number64() : NOTHING_DELIVERED);
        }

        private static Optional<Id> object(WireReader in) throws MalformedFrameException {
            int type = in.nested();
            return switch (type) {
                case 0 -> Optional.empty();
                case Types.CONNECTION_ID -> Optional.of(new ConnectionId(in.text()));
                case Types.SESSION_ID -> Optional.of(SessionId.body(in));
                case Types.CONSUMER_ID -> Optional.of(ConsumerId.body(in));
                case Types.PRODUCER_ID -> Optional.of(ProducerId.body(in));
                default -> throw new MalformedFrameException("an object of type " + type + " cannot be removed");
            };
        }
    }

    /** Changes a consumer's prefetch. */
    record ConsumerControl(Head head, Optional<ConsumerId> consumer, boolean close, int prefetch) implements Command {
        static ConsumerControl read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            if (in.since(6)) {
                WireDestination.read(in);
            }
            boolean close = in.bool();
            return new ConsumerControl(head, ConsumerId.read(in), close, in.number32());
        }
    }

    /** Asks for one message; the timeout in milliseconds is 0 for ever, and negative for not at all. */
    record MessagePull(Head head, Optional<ConsumerId> consumer, long timeout) implements Command {
        static MessagePull read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            Optional<ConsumerId> consumer = ConsumerId.read(in);
            WireDestination.read(in);
            return new MessagePull(head, consumer, in.number64());
        }
    }

    /** Says what became of the messages from first to last, in the order of their delivery. */
    record MessageAck(Head head, Optional<TransactionId> transaction, Optional<ConsumerId> consumer, int kind, long first, long last,
                      Problem cause) implements Command {
        /** For {@code first}: all up to the last; for {@code last}: none. */
        static final long ABSENT = Long.MIN_VALUE;
        static final int DELIVERED = 0;
        static final int POISON = 1;
        static final int STANDARD = 2;
        static final int REDELIVERED = 3;
        static final int INDIVIDUAL = 4;
        static final int UNMATCHED = 5;
        static final int EXPIRED = 6;

        static MessageAck read(WireReader in) throws MalformedFrameException {
            Head head = Head.read(in);
            WireDestination.skip(in);
            Optional<TransactionId> transaction = TransactionId.read(in);
            Optional<ConsumerId> consumer = ConsumerId.read(in);
            int kind = in.number8();
            long first = MessageId.brokerSequence(in, ABSENT);
            long last = MessageId.brokerSequence(in, ABSENT);
            in.number32(); // how many; the ids say it better
            return new MessageAck(head, transaction, consumer, kind, first, last, in.since(7) ? in.problem() : Problem.NONE);
        }
    }

    /** The client is alive. */
    record KeepAliveInfo(Head head) implements Command { }

    /** The client is about to close the socket. */
    record ShutdownInfo(Head head) implements Command { }

    /** Something that changes nothing here. */
    record Ignored(Head head) implements Command { }

    /** Something went wrong at the client that it tells nobody else. */
    record Complaint(Head head, Problem problem) implements Command { }

    /** Something that only brokers say to each other, and why it is refused; it is not read any further. */
    record Unsupported(Head head, String why) implements Command { }

    private static <T> T required(Optional<T> value, String otherwise) throws MalformedFrameException {
        if (value.isEmpty()) {
            throw new MalformedFrameException(otherwise);
        }
        return value.get();
    }

    /** Reads the command of this type; the reader stands behind the type. */
    static Command read(int type, WireReader in) throws MalformedFrameException {
        return switch (type) {
            case Types.CONNECTION_INFO -> ConnectionInfo.read(in);
            case Types.SESSION_INFO -> SessionInfo.read(in);
            case Types.CONSUMER_INFO -> ConsumerInfo.read(in);
            case Types.PRODUCER_INFO -> ProducerInfo.read(in);
            case Types.TRANSACTION_INFO -> TransactionInfo.read(in);
            case Types.DESTINATION_INFO -> DestinationInfo.read(in);
            case Types.REMOVE_SUBSCRIPTION_INFO -> RemoveSubscriptionInfo.read(in);
            case Types.REMOVE_INFO -> RemoveInfo.read(in);
            case Types.CONSUMER_CONTROL -> ConsumerControl.read(in);
            case Types.MESSAGE_PULL -> MessagePull.read(in);
            case Types.MESSAGE_ACK -> MessageAck.read(in);
            case Types.KEEP_ALIVE_INFO -> new KeepAliveInfo(Head.read(in));
            case Types.SHUTDOWN_INFO -> new ShutdownInfo(Head.read(in));
            case Types.CONNECTION_CONTROL, Types.PRODUCER_ACK, Types.MESSAGE_DISPATCH, Types.MESSAGE_DISPATCH_NOTIFICATION,
                    Types.BROKER_SUBSCRIPTION_INFO, Types.RESPONSE, Types.FLUSH_COMMAND -> new Ignored(Head.read(in));
            case Types.CONNECTION_ERROR -> new Complaint(Head.read(in), in.problem());
            case Types.BROKER_INFO -> new Unsupported(Head.read(in), "This broker is part of no network of brokers: a BrokerInfo is for others");
            case Types.CONTROL_COMMAND -> new Unsupported(Head.read(in), "Brokers are not controlled over connections of clients");
            default -> throw new MalformedFrameException("a command of type " + type + " is not for brokers");
        };
    }
}
