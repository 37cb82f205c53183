package io.delos.server;

import io.delos.broker.Broker;
import io.delos.broker.BrokerEvent;
import io.delos.management.ManagedAcceptor;
import io.delos.transport.Acceptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What management sees of an acceptor. Its threads are those of {@link Acceptor}. */
record AcceptorFacts(Acceptor acceptor, Broker broker) implements ManagedAcceptor {

    private static final String HIDDEN = "****";

    @Override
    public String name() {
        return acceptor.name();
    }

    @Override
    public Map<String, String> parameters() {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("scheme", acceptor.config().scheme());
        shown.put("host", String.join(",", acceptor.config().hosts()));
        shown.put("port", Integer.toString(acceptor.port()));
        acceptor.config().parameters().forEach((key, value) ->
                shown.put(key, key.toLowerCase(Locale.ROOT).contains("password") ? HIDDEN : value));
        return shown;
    }

    @Override
    public boolean started() {
        return acceptor.started();
    }

    @Override
    public void start() throws IOException {
        acceptor.start();
        broker.tell(() -> new BrokerEvent.AcceptorStarted(name()));
    }

    @Override
    public void stop() {
        acceptor.pause();
        broker.tell(() -> new BrokerEvent.AcceptorStopped(name()));
    }
}
