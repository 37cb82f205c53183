package io.delos.stomp;

import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.message.MessageFormat;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;

/** Makes STOMP known to the broker. */
public final class StompProvider implements ProtocolProvider {

    private static final String TTL = "connectionTtl";

    @Override
    public String name() {
        return StompProtocol.NAME;
    }

    @Override
    public MessageFormat format(WildcardSyntax syntax) {
        return new StompFormat();
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        if (acceptor.parameters().containsKey(TTL) && acceptor.transport().limits().connectionTtl() <= 0) {
            throw new IllegalArgumentException("AMQ339000: acceptor " + acceptor.name() + ", " + TTL + ": expected a number above 0");
        }
        return new StompProtocol(acceptor.options(StompOptions.class), acceptor.transport());
    }
}
