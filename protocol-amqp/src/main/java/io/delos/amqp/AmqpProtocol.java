package io.delos.amqp;

import io.delos.config.AcceptorConfig;
import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Set;

/** AMQP 1.0 on one acceptor. Immutable; any thread. */
final class AmqpProtocol implements Protocol {

    static final String NAME = "AMQP";
    /** As the WebSocket Binding has it; the second is an older name, which some clients still offer. */
    private static final Set<String> WEB_SOCKET_NAMES = Set.of("amqp", "AMQPWSB10");
    private static final int MAGIC = 'A' << 24 | 'M' << 16 | 'Q' << 8 | 'P';

    private final AmqpOptions options;
    private final Prefixes prefixes;
    private final AmqpSasl sasl;
    private final Termini termini;

    AmqpProtocol(AcceptorConfig acceptor, Termini termini) {
        this.termini = termini;
        options = acceptor.options(AmqpOptions.class);
        prefixes = new Prefixes(acceptor.transport().naming().anycastPrefixes(), acceptor.transport().naming().multicastPrefixes());
        sasl = new AmqpSasl(options.sasl(), acceptor.transport().naming().securityDomain());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean recognises(ByteBuf firstEight) {
        return firstEight.getInt(firstEight.readerIndex()) == MAGIC;
    }

    @Override
    public Set<String> webSocketNames() {
        return WEB_SOCKET_NAMES;
    }

    /** WebSocket Binding, 2.4. */
    @Override
    public boolean takesText() {
        return false;
    }

    @Override
    public void attach(Channel channel, Connection connection) {
        channel.pipeline().addLast(new AmqpHandler(channel, connection, new Terms(options.within(connection.frameLimit()), prefixes, sasl, termini)));
    }

    /**
     * What an acceptor's connections have in common.
     *
     * @param termini also with those of the broker's other acceptors
     */
    record Terms(AmqpOptions options, Prefixes prefixes, AmqpSasl sasl, Termini termini) { }
}
