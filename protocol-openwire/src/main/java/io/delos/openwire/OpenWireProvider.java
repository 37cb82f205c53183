package io.delos.openwire;

import io.delos.broker.Broker;
import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.loop.Loop;
import io.delos.message.MessageFormat;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;

/** Makes OpenWire known to the broker. What the acceptors of one broker share is made here. */
public final class OpenWireProvider implements ProtocolProvider {

    private final Advisories advisories = new Advisories();

    @Override
    public String name() {
        return OpenWireProtocol.NAME;
    }

    @Override
    public MessageFormat format(WildcardSyntax syntax) {
        return new OpenWireFormat();
    }

    @Override
    public void started(Broker broker, Loop loop) {
        advisories.serve(broker);
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        OpenWireOptions options = acceptor.options(OpenWireOptions.class);
        return new OpenWireProtocol(options, VirtualTopics.parse(options.virtualTopics()), advisories);
    }
}
