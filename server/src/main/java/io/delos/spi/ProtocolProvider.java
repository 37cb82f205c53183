package io.delos.spi;

import io.delos.broker.Broker;
import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.loop.Loop;
import io.delos.message.MessageFormat;
import java.util.Optional;

/** The ServiceLoader door of a protocol module. */
public interface ProtocolProvider {

    /** As {@code broker.xml} spells it: {@code AMQP}. */
    String name();

    /** The dialect this protocol's messages are stored in; {@code syntax} is how addresses are written, for protocols that call them otherwise. */
    MessageFormat format(WildcardSyntax syntax);

    /** The protocol with one acceptor's parameters (prefixes, credits, limits); IllegalArgumentException with a sentence if one is wrong. */
    Protocol create(AcceptorConfig acceptor);

    /** Who looks after sessions that outlive their connections, if the protocol has such; to be asked after {@link #started}. Called once, before that. */
    default Optional<SessionDirectory> sessions(Broker broker, Loop loop) {
        return Optional.empty();
    }

    /** The broker has read its journal and will now listen: time to take care of what was remembered. Called once, on {@code loop}. */
    default void started(Broker broker, Loop loop) {
    }
}
