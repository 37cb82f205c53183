package io.delos.openwire;

import io.delos.openwire.Id.ConnectionId;

/** What an advisory message carries: the command that it tells of. */
sealed interface News {

    /** The topic under {@code ActiveMQ.Advisory.} that tells of such things. */
    String topic();

    void write(WireWriter out);

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
