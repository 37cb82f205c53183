package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.config.AcceptorConfig;
import io.delos.config.TransportOptions;
import io.delos.loop.Loop;
import io.delos.message.MessageFormat;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;
import io.delos.spi.SessionDirectory;
import java.util.Optional;

/** The door to MQTT. */
public final class MqttProvider implements ProtocolProvider {

    static final String NAME = "MQTT";

    private final Ledgers ledgers = new Ledgers();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MessageFormat format() {
        return MqttFormat.INSTANCE;
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        return new MqttProtocol(new MqttProtocol.Terms(acceptor.options(MqttOptions.class), acceptor.options(TransportOptions.Naming.class), ledgers));
    }

    @Override
    public Optional<SessionDirectory> sessions(Broker broker, Loop loop) {
        return Optional.of(new MqttSessions(broker, loop, ledgers));
    }

    @Override
    public void started(Broker broker, Loop loop) {
        new Custodian(broker, loop).start();
    }
}
