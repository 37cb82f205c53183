package io.delos.amqp;

import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.message.MessageFormat;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;

/** Makes AMQP 1.0 known to the broker. */
public final class AmqpProvider implements ProtocolProvider {

    private final Termini termini = new Termini();

    @Override
    public String name() {
        return AmqpProtocol.NAME;
    }

    @Override
    public MessageFormat format(WildcardSyntax syntax) {
        return new AmqpFormat();
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        return new AmqpProtocol(acceptor, termini);
    }
}
