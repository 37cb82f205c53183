package io.delos.openwire;

import io.delos.broker.BackPressure;
import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Session;
import io.delos.openwire.Command.ConnectionInfo;
import io.delos.openwire.Id.ConnectionId;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.ProducerId;
import io.delos.openwire.Id.SessionId;
import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A client that has logged in; owned by its connection's loop. All its sessions are one session of the broker: a client's commands are in
 * one order anyhow. What it does with messages is divided among {@link Producers}, {@link Consumers}, {@link Transactions} and
 * {@link Destinations}.
 */
final class Member {

    private static final Logger LOG = LogManager.getLogger(Member.class);

    private final OpenWireProtocol protocol;
    private final Line line;
    private final ConnectionInfo info;
    private final Session session;
    private final Destinations destinations;
    private final Transactions transactions;
    private final Producers producers;
    private final Consumers consumers;

    Member(OpenWireProtocol protocol, Line line, ConnectionInfo info) {
        this.protocol = protocol;
        this.line = line;
        this.info = info;
        this.session = line.connection().client().openSession();
        session.backPressure(BackPressure.CREDIT);
        this.destinations = new Destinations(this);
        this.transactions = new Transactions(this);
        this.producers = new Producers(this);
        this.consumers = new Consumers(this);
    }

    OpenWireProtocol protocol() {
        return protocol;
    }

    Line line() {
        return line;
    }

    Connection connection() {
        return line.connection();
    }

    ConnectionInfo info() {
        return info;
    }

    /** As the client calls its connection. */
    ConnectionId connectionId() {
        return info.connection().orElse(new ConnectionId(info.clientId()));
    }

    /** The broker's session. */
    Session session() {
        return session;
    }

    Destinations destinations() {
        return destinations;
    }

    Transactions transactions() {
        return transactions;
    }

    // what the client says

    /** A message, as it came. */
    void message(ByteBuf frame) throws MalformedFrameException {
        producers.send(frame);
    }

    void receive(Command command) throws MalformedFrameException {
        if (command instanceof Command.MessageAck ack) {
            consumers.acknowledge(ack);
        } else if (command instanceof Command.MessagePull pull) {
            consumers.pull(pull);
        } else if (command instanceof Command.TransactionInfo transaction) {
            transactions.receive(transaction);
        } else if (command instanceof Command.ConsumerInfo consumer) {
            consumers.open(consumer);
        } else if (command instanceof Command.ProducerInfo producer) {
            producers.open(producer);
        } else if (command instanceof Command.DestinationInfo destination) {
            destinations.receive(destination);
        } else if (command instanceof Command.RemoveSubscriptionInfo subscription) {
            consumers.forget(subscription);
        } else if (command instanceof Command.RemoveInfo remove) {
            remove(remove);
        } else if (command instanceof Command.ConsumerControl control) {
            consumers.control(control);
        } else {
            line.done(command.head());
        }
    }

    private void remove(Command.RemoveInfo remove) {
        Id object = remove.object().orElse(connectionId());
        if (object instanceof ConsumerId consumer) {
            line.hold();
            consumers.close(consumer, remove.lastDelivered(), () -> removed(remove));
        } else if (object instanceof SessionId ofClient) {
            producers.closeAll(ofClient);
            line.hold();
            consumers.closeAll(ofClient, remove.lastDelivered(), () -> removed(remove));
        } else {
            if (object instanceof ProducerId producer) {
                producers.close(producer);
            }
            line.done(remove.head());
        }
    }

    private void removed(Command.RemoveInfo remove) {
        line.done(remove.head());
        line.release();
    }

    // what goes wrong unasked

    /** Something failed that nobody waits for. */
    void error(Problem problem) {
        line.say(new Answer.ConnectionError(problem, connectionId()));
    }

    /** What a consumer reads has been taken away: the client is told, and has to connect again. */
    void sourceGone(BrokerException reason) {
        LOG.info("closing the OpenWire connection {} from {}, which consumes what is gone: {}", connection().id(),
                connection().remoteAddress(), reason.getMessage());
        error(OpenWireErrors.problem(reason));
        line.outbox().flush();
        connection().close();
    }

    /** The socket takes more. */
    void writable() {
        consumers.writable();
    }

    // the end

    /** The client says goodbye; {@code done} runs when its consumers are gone. */
    void leave(long lastDelivered, Runnable done) {
        consumers.closeAll(lastDelivered, () -> {
            producers.closeAll();
            destinations.deleteTemporary();
            protocol.advisories().left(this);
            session.close(Outcome.RELEASED);
            done.run();
        });
    }

    /** The socket is gone. Nobody knows what the client has seen, so everything it had counts as delivered. */
    void abandon() {
        consumers.abandon();
        producers.closeAll();
        destinations.tellTemporaryGone();
        protocol.advisories().left(this);
        session.close(Outcome.FAILED);
    }
}
