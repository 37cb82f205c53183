package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.config.AcceptorConfig;
import io.delos.config.TransportOptions;
import io.delos.config.WildcardSyntax;
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
    private Optional<Statistics> statistics = Optional.empty();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MessageFormat format(WildcardSyntax syntax) {
        return new MqttFormat(syntax);
    }

    @Override
    public Protocol create(AcceptorConfig acceptor) {
        MqttOptions options = acceptor.options(MqttOptions.class);
        Optional<SysTopics> sys = statistics.filter(there -> options.sysInterval() > 0).map(there -> new SysTopics(there, options.sysInterval()));
        return new MqttProtocol(new MqttProtocol.Terms(options, acceptor.options(TransportOptions.Naming.class), ledgers, sys));
    }

    @Override
    public Optional<SessionDirectory> sessions(Broker broker, Loop loop) {
        statistics = Optional.of(new Statistics(broker, loop, ledgers));
        return Optional.of(new MqttSessions(broker, loop, ledgers));
    }

    @Override
    public void started(Broker broker, Loop loop) {
        Custodian custodian = new Custodian(broker, loop, Optional.of(ledgers.of(loop)));
        custodian.start();
        new RetainedSweep(broker, loop, custodian).start();
    }
}
