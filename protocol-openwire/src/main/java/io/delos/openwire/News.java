package io.delos.openwire;

import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.Id.ProducerId;
import java.util.Map;

/** What an advisory message carries: the command that it tells of. */
sealed interface News {

    /** The topic under {@code ActiveMQ.Advisory.} that tells of such things. */
    String topic();

    void write(WireWriter out);

    /** What its message says beside that. */
    default Map<String, Object> properties() {
        return Map.of();
    }

    private static String named(String what, WireDestination destination) {
        return what + (destination.queue() ? ".Queue." : ".Topic.") + destination.name();
    }

    /** For the topics that tell temporary destinations from others. */
    private static String typed(String what, WireDestination destination) {
        String kind = switch (destination.kind()) {
            case QUEUE -> ".Queue.";
            case TOPIC -> ".Topic.";
            case TEMPORARY_QUEUE -> ".TempQueue.";
            case TEMPORARY_TOPIC -> ".TempTopic.";
        };
        return what + kind + destination.name();
    }

    private static void begin(WireWriter out, int type) {
        out.nested(type);
        out.number32(0);
        out.bool(false);
    }

    /** Somebody consumes a destination that now has so many consumers. */
    record ConsumerNews(ConsumerInfo info, WireDestination destination, int count) implements News {
        ConsumerNews counted(int now) {
            return new ConsumerNews(info, destination, now);
        }

        @Override
        public String topic() {
            return named("Consumer", destination);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("consumerCount", count);
        }

        @Override
        public void write(WireWriter out) {
            begin(out, Types.CONSUMER_INFO);
            info.consumer().write(out);
            out.bool(info.traits().browser());
            destination.write(out);
            out.number32(info.prefetch());
            out.number32(0); // how many messages may wait for a slow consumer
            out.bool(false); // dispatched on another thread
            out.text(info.selector());
            if (out.since(10)) {
                out.text(info.clientId());
            }
            out.text(info.subscription());
            out.bool(info.traits().noLocal());
            out.bool(info.traits().exclusive());
            out.bool(false); // retroactive
            out.number8(info.traits().priority());
            out.absent(); // path through brokers
            out.absent(); // a selector of the broker's
            out.bool(false); // of a bridge
            out.bool(false); // acknowledges in lots
            out.bool(false); // acknowledges one by one
            if (out.since(4)) {
                out.absent(); // consumers at other brokers
            }
        }
    }

    /** A consumer takes too little, as its address's settings have it. */
    record SlowNews(ConsumerNews consumer) implements News {
        @Override
        public String topic() {
            return typed("SlowConsumer", consumer.destination);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("consumerId", consumer.info.consumer().toString());
        }

        @Override
        public void write(WireWriter out) {
            consumer.write(out);
        }
    }

    /** Somebody is about to send to a destination that now has so many producers. */
    record ProducerNews(ProducerId producer, WireDestination destination, int window, int count) implements News {
        @Override
        public String topic() {
            return named("Producer", destination);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("producerCount", count);
        }

        @Override
        public void write(WireWriter out) {
            begin(out, Types.PRODUCER_INFO);
            producer.write(out);
            destination.write(out);
            out.absent(); // path through brokers
            if (out.since(2)) {
                out.bool(false); // dispatched on another thread
            }
            if (out.since(3)) {
                out.number32(window);
            }
        }
    }

    /** A producer is kept waiting, because where it sends to is full. */
    record FastNews(ProducerNews producer) implements News {
        @Override
        public String topic() {
            return typed("FastProducer", producer.destination);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("producerId", producer.producer.toString());
        }

        @Override
        public void write(WireWriter out) {
            producer.write(out);
        }
    }

    /** A destination is full, with so many bytes. */
    record FullNews(WireDestination destination, long bytes) implements News {
        @Override
        public String topic() {
            return typed("FULL", destination);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("usageName", destination.toString(), "usageCount", bytes);
        }

        @Override
        public void write(WireWriter out) {
            out.absent();
        }
    }

    /** A connection, consumer or producer has gone. */
    record Gone(String topic, Map<String, Object> properties, Id.Told id) implements News {
        @Override
        public void write(WireWriter out) {
            begin(out, Types.REMOVE_INFO);
            id.write(out);
            if (out.since(5)) {
                out.number64(0);
            }
        }
    }

    /** What is told of messages, and as what. */
    enum Happening {
        EXPIRED("Expired", false), DEAD("MessageDLQd", true), DELIVERED("MessageDelivered", true), DISPATCHED("MessageDispatched", true),
        CONSUMED("MessageConsumed", true), DISCARDED("MessageDiscarded", true), NO_CONSUMER("NoConsumer", false);

        private final String word;
        /** Whether the topics tell temporary destinations from others. */
        private final boolean typed;

        Happening(String word, boolean typed) {
            this.word = word;
            this.typed = typed;
        }

        /** What the topics under {@code ActiveMQ.Advisory.} begin with. */
        String word() {
            return word;
        }

        String topic(WireDestination destination) {
            return typed ? News.typed(word, destination) : named(word, destination);
        }
    }

    /** Something has happened to a message. */
    record MessageNews(Happening happening, WireDestination destination, WireMessage message) implements News {
        @Override
        public String topic() {
            return happening.topic(destination);
        }

        @Override
        public Map<String, Object> properties() {
            String where = destination.toString();
            return message.labels().id().<Map<String, Object>>map(id -> Map.of("orignalMessageId", id.view(), "orignalDestination", where))
                    .orElse(Map.of("orignalDestination", where));
        }

        @Override
        public void write(WireWriter out) {
            out.nestedMessage(message.kind());
            message.write(out);
        }
    }

    /** A destination was created, or has gone. */
    record DestinationNews(ConnectionId connection, WireDestination destination, boolean removed) implements News {
        @Override
        public String topic() {
            return switch (destination.kind()) {
                case QUEUE -> "Queue";
                case TOPIC -> "Topic";
                case TEMPORARY_QUEUE -> "TempQueue";
                case TEMPORARY_TOPIC -> "TempTopic";
            };
        }

        @Override
        public void write(WireWriter out) {
            out.nested(Types.DESTINATION_INFO);
            out.number32(0);
            out.bool(false);
            connection.write(out);
            destination.write(out);
            out.number8(removed ? 1 : 0);
            out.number64(0);
            out.absent(); // path through brokers
        }
    }

    /** Somebody has connected; the password isn't told. */
    record ConnectionNews(ConnectionId connection, String clientId, String user, String address) implements News {
        @Override
        public String topic() {
            return "Connection";
        }

        @Override
        public void write(WireWriter out) {
            out.nested(Types.CONNECTION_INFO);
            out.number32(0);
            out.bool(false);
            connection.write(out);
            out.text(clientId);
            out.absent(); // password
            out.text(user);
            out.absent(); // path through brokers
            out.bool(false); // a broker
            out.bool(false); // manageable
            if (out.since(2)) {
                out.bool(true); // talks to a master
            }
            if (out.since(6)) {
                out.bool(false); // fault tolerant
                out.bool(false); // reconnects
            }
            if (out.since(8)) {
                out.text(address);
            }
        }
    }
}
