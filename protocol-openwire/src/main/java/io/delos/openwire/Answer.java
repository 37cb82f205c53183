package io.delos.openwire;

import io.delos.message.Xid;
import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the broker says, but for the delivery of messages, which is {@link DispatchWriter}'s. */
sealed interface Answer {

    int type();

    /** Writes everything behind the type. */
    void write(WireWriter out);

    /** Numbers on what the broker says mean nothing to clients. */
    private static void head(WireWriter out) {
        out.number32(0);
        out.bool(false);
    }

    /** Who the broker is. */
    record BrokerInfo(String id, String name, String url) implements Answer {
        @Override
        public int type() {
            return Types.BROKER_INFO;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.nested(Types.BROKER_ID);
            out.text(id);
            out.text(url);
            out.absent(); // peers
            out.text(name);
            out.bool(false); // slave
            out.bool(false); // master
            out.bool(false); // fault tolerant
            if (out.since(2)) {
                out.bool(false); // duplex
                out.bool(false); // between brokers
                out.number64(0);
            }
            if (out.since(3)) {
                out.absent(); // where to upload
                out.absent(); // properties of a network
            }
        }
    }

    /** The brokers that a client may go to, as URLs with commas, and whether it should choose anew now. */
    record Cluster(String brokers, boolean rebalances) implements Answer {
        @Override
        public int type() {
            return Types.CONNECTION_CONTROL;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.bool(false); // close
            out.bool(false); // exit
            out.bool(false); // fault tolerant
            out.bool(false); // resume
            out.bool(false); // suspend
            if (out.since(6)) {
                out.text(brokers);
                out.absent(); // where to connect now
                out.bool(rebalances);
            }
            if (out.since(8)) {
                out.slice(Slice.ABSENT); // token
            }
        }
    }

    /** The request of this number is done. */
    record Done(int request) implements Answer {
        @Override
        public int type() {
            return Types.RESPONSE;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.number32(request);
        }
    }

    /** The request of this number is refused. */
    record Refused(int request, Problem problem) implements Answer {
        @Override
        public int type() {
            return Types.EXCEPTION_RESPONSE;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.number32(request);
            out.problem(problem);
        }
    }

    /** An answer that is a number. */
    record Number(int request, int number) implements Answer {
        @Override
        public int type() {
            return Types.INTEGER_RESPONSE;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.number32(request);
            out.number32(number);
        }
    }

    /** Names of branches of distributed transactions. */
    record Branches(int request, List<Xid> xids) implements Answer {
        @Override
        public int type() {
            return Types.DATA_ARRAY_RESPONSE;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.number32(request);
            int count = Math.min(xids.size(), Short.MAX_VALUE);
            out.bool(true);
            out.number16(count);
            for (Xid xid : xids.subList(0, count)) {
                out.nested(Types.XA_TRANSACTION_ID);
                out.number32(xid.format());
                out.slice(Slice.of(xid.global()));
                out.slice(Slice.of(xid.branch()));
            }
        }
    }

    /** Something failed that nobody waits for. */
    record ConnectionError(Problem problem, ConnectionId connection) implements Answer {
        @Override
        public int type() {
            return Types.CONNECTION_ERROR;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            out.problem(problem);
            connection.write(out);
        }
    }

    /** A consumer is to have another prefetch. */
    record Prefetch(ConsumerId consumer, WireDestination destination, int prefetch) implements Answer {
        @Override
        public int type() {
            return Types.CONSUMER_CONTROL;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            if (out.since(6)) {
                destination.write(out);
            }
            out.bool(false); // close
            consumer.write(out);
            out.number32(prefetch);
            if (out.since(2)) {
                out.bool(false); // flush
                out.bool(false); // start
                out.bool(false); // stop
            }
        }
    }

    /** So many bytes of a producer's window are free again. */
    record ProducerAck(ProducerId producer, int bytes) implements Answer {
        @Override
        public int type() {
            return Types.PRODUCER_ACK;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            producer.write(out);
            out.number32(bytes);
        }
    }

    record KeepAlive() implements Answer {
        @Override
        public int type() {
            return Types.KEEP_ALIVE_INFO;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
        }
    }

    /** A browser has seen everything, or there was nothing to pull: a delivery of no message. */
    record NoMessage(ConsumerId consumer) implements Answer {
        @Override
        public int type() {
            return Types.MESSAGE_DISPATCH;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            consumer.write(out);
            out.absent(); // destination
            out.absent(); // message
            out.number32(0);
        }
    }

    /** A delivery that tells what happened in the broker: a message with a command in it (section 10). */
    record Advisory(ConsumerId consumer, WireDestination topic, MessageId id, long timestamp, Map<String, Object> properties, News news)
            implements Answer {

        static final String MESSAGE_TYPE = "Advisory";

        @Override
        public int type() {
            return Types.MESSAGE_DISPATCH;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            consumer.write(out);
            topic.write(out);
            out.nestedMessage(Types.MESSAGE);
            WireMessage.Labels labels = new WireMessage.Labels(id.producer(), topic, WireDestination.NONE, WireDestination.NONE,
                    Optional.of(id), "", 0, "", MESSAGE_TYPE, "");
            new WireMessage(Types.MESSAGE, labels, new WireMessage.Terms(false, 0, 0, timestamp),
                    new WireMessage.Body(false, Slice.ABSENT, Slice.of(Primitives.encode(properties)))).write(out, Optional.of(news));
            out.number32(0);
        }
    }

    /** Instead of an advisory, the message that it would tell of. */
    record Forwarded(ConsumerId consumer, WireMessage message) implements Answer {
        @Override
        public int type() {
            return Types.MESSAGE_DISPATCH;
        }

        @Override
        public void write(WireWriter out) {
            head(out);
            consumer.write(out);
            message.labels().destination().write(out);
            out.nestedMessage(message.kind());
            message.write(out);
            out.number32(0);
        }
    }
}
