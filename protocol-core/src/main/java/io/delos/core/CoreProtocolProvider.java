package io.delos.core;

import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.message.MessageFormat;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;

/** Makes the CORE protocol known to the broker. */
public final class CoreProtocolProvider implements ProtocolProvider {
    private final Resumable resumable = new Resumable();

    @Override
    public String name() {
        return CoreProtocol.NAME;
    }

    @Override
    public MessageFormat format(WildcardSyntax syntax) {
        return new CoreFormat();
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        return new CoreProtocol(acceptor.options(CoreOptions.class), resumable);
    }
}
