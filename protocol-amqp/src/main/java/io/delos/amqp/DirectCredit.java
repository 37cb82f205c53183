package io.delos.amqp;

import io.delos.broker.DirectProducer;
import io.delos.broker.Reply;
import io.delos.message.Message;
import java.util.Optional;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.engine.Receiver;

/**
 * The credit of a client's sender to a direct address, which goes up and down with that of the consumers. Owned by the connection's loop. A limit
 * on how many messages may have come in all is what is known here and at the address; the link's credit is what is left of it. What was under
 * way when the limit went down is taken: the peer was within a limit it had been told.
 */
final class DirectCredit {

    private final AmqpSession session;
    private final Receiver link;
    private final long largest;
    private Optional<DirectProducer> producer = Optional.empty();
    private long came;
    private long limit;
    private long highest;

    private DirectCredit(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
        this.largest = session.connection().connection().broker().largestInline();
    }

    /** For a link to a direct address; empty for one to another. {@code gone} runs when the address is deleted. */
    static Optional<DirectCredit> of(AmqpSession session, Receiver link, SendTarget target, Runnable gone) {
        if (target.anonymous()) {
            return Optional.empty();
        }
        DirectCredit credit = new DirectCredit(session, link);
        int most = session.connection().options().flow().credits();
        credit.producer = DirectProducer.attach(session.broker(), target.address(), target.type(), most, new DirectProducer.Credit() {
            @Override
            public void limit(long messages) {
                credit.limit(messages);
            }

            @Override
            public void gone() {
                gone.run();
            }
        });
        if (credit.producer.isEmpty()) {
            return Optional.empty();
        }
        link.setMaxMessageSize(UnsignedLong.valueOf(credit.largest));
        return Optional.of(credit);
    }

    /** The largest message that is passed through, in bytes: it is in memory whole. */
    long largest() {
        return largest;
    }

    private void limit(long messages) {
        // what has begun to come comes to its end
        limit = Math.max(messages, came + link.getQueued());
        highest = Math.max(highest, limit);
        align();
    }

    private void align() {
        int change = (int) (limit - came) - link.getCredit();
        if (change != 0) {
            link.flow(change);
            session.connection().engine().changed();
        }
    }

    /** Whether the peer may not have sent one more, by anything it was ever told. */
    boolean exceeded() {
        return came >= highest;
    }

    /** A message has come whole. */
    void came() {
        came++;
        limit = Math.max(limit, came);
        align();
    }

    /** What came is not sent on. */
    void inVain() {
        producer.ifPresent(DirectProducer::used);
    }

    void send(Message message, boolean settled, Reply<Void> done) {
        producer.orElseThrow().send(message, settled, done);
    }

    void close() {
        producer.ifPresent(DirectProducer::close);
    }
}
