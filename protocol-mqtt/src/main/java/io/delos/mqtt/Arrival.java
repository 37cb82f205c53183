package io.delos.mqtt;

import io.delos.spi.Connection;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A connection's way from CONNECT to CONNACK, by AUTH packets if the client has chosen a method for them, and what it says with AUTH
 * later. Owned by the connection's loop.
 */
final class Arrival {

    /** The connection. */
    interface Host {
        /** Later packets wait. */
        void pause();

        /** They are looked at. */
        void goOn();

        /** Ends with a reason. */
        void fail(int code, String sentence);

        /** Ends without a word. */
        void close();

        boolean closed();

        /** The session is there, and may be silent for so many seconds; CONNACK comes next. */
        void opened(MqttSession session, MqttSession.Setup setup, int keepAlive);
    }

    private final Connection connection;
    private final MqttProtocol.Terms terms;
    private final PacketWriter writer;
    private final Host host;
    private Optional<Authentication> authentication = Optional.empty();
    private boolean authenticating;

    Arrival(Connection connection, MqttProtocol.Terms terms, PacketWriter writer, Host host) {
        this.connection = connection;
        this.terms = terms;
        this.writer = writer;
        this.host = host;
    }

    /** How the client wants to be talked to. */
    static Replies.Manner manner(MqttConnectMessage packet) {
        MqttProperties properties = packet.variableHeader().properties();
        OptionalInt limit = Props.number(properties, MqttProperties.MAXIMUM_PACKET_SIZE);
        return new Replies.Manner(MqttLevel.of(packet.variableHeader().version()),
                limit.isPresent() ? limit.getAsInt() & 0xFFFFFFFFL : Long.MAX_VALUE,
                Props.number(properties, MqttProperties.REQUEST_PROBLEM_INFORMATION).orElse(1) != 0);
    }

    /** Whether AUTH is all that may come (MQTT 5, 3.1.2.11.9). */
    boolean authenticating() {
        return authenticating;
    }

    /** A CONNECT that keeps the rules. */
    void connect(MqttConnectMessage packet) {
        host.pause();
        MqttProperties properties = packet.variableHeader().properties();
        Optional<String> method = Props.text(properties, MqttProperties.AUTHENTICATION_METHOD);
        if (method.isEmpty()) {
            connect(packet, false, new Fields());
            return;
        }
        authenticating = true;
        Authentication chosen = new Authentication(method.get(), new AuthMethods(terms.options()), connection.client(), writer);
        authentication = Optional.of(chosen);
        chosen.begin(Authentication.data(properties), new FirstProof(chosen, packet));
    }

    private void connect(MqttConnectMessage packet, boolean loggedIn, Fields first) {
        authenticating = false;
        new ConnectExchange(connection, packet, terms, writer, host::fail, loggedIn,
                new Connecting(Greeting.of(packet, terms.options(), first))).begin();
    }

    /** An AUTH packet, before CONNACK or after it; false if it is out of turn. */
    boolean auth(MqttMessage packet) {
        if (authentication.isEmpty() || !(packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header)) {
            return false;
        }
        if (authenticating) {
            host.pause();
        }
        return authentication.get().takes(header.reasonCode() & 0xFF, header.properties(),
                authenticating ? Optional.empty() : Optional.of(new LaterProof(authentication.get())));
    }

    /** A login before CONNACK. */
    private final class FirstProof implements Authentication.Listener {
        private final Authentication chosen;
        private final MqttConnectMessage packet;

        FirstProof(Authentication chosen, MqttConnectMessage packet) {
            this.chosen = chosen;
            this.packet = packet;
        }

        @Override
        public void asked() {
            host.goOn();
        }

        @Override
        public void proved(byte[] data) {
            if (!host.closed()) {
                connect(packet, true, chosen.addTo(new Fields(), data));
            }
        }

        @Override
        public void refused(int code, String sentence) {
            host.fail(code, sentence);
        }
    }

    /** A login while everything else goes on. */
    private final class LaterProof implements Authentication.Listener {
        private final Authentication chosen;

        LaterProof(Authentication chosen) {
            this.chosen = chosen;
        }

        @Override
        public void asked() {
        }

        @Override
        public void proved(byte[] data) {
            chosen.say(MqttErrors.SUCCESS, data);
        }

        @Override
        public void refused(int code, String sentence) {
            host.fail(code, sentence);
        }
    }

    /** Stays as long as the connection holds its client id, and so must not keep the packet with the password. */
    private final class Connecting implements ConnectExchange.Listener {
        private final Greeting greeting;

        Connecting(Greeting greeting) {
            this.greeting = greeting;
        }

        @Override
        public void refused(int code, String sentence) {
            if (!host.closed()) {
                writer.packet(Replies.refusal(writer.manner(), code, sentence));
                host.close();
            }
        }

        @Override
        public void takenOver() {
            host.fail(MqttErrors.TAKEN_OVER, "another connection uses this client id");
        }

        @Override
        public boolean gone() {
            return host.closed();
        }

        @Override
        public void accepted(MqttSession made, MqttSession.Setup madeOf, boolean present, boolean assigned) {
            host.opened(made, madeOf, greeting.keepAlive());
            boolean known = present && greeting.level() != MqttLevel.V3_1;
            if (!writer.packet(Replies.connack(writer.manner(), known, greeting.fields(made.clientId(), assigned)))) {
                host.close();
            }
        }

        @Override
        public void finished() {
            host.goOn();
        }
    }
}
