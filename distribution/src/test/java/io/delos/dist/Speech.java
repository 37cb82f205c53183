package io.delos.dist;

import jakarta.jms.ConnectionFactory;
import java.util.Optional;
import org.apache.qpid.jms.JmsConnectionFactory;

/** The five protocols, each with the client its users have. */
enum Speech {
    CORE, AMQP, OPENWIRE, MQTT, STOMP;

    /** Somebody new at this port of this machine. */
    Peer connect(int port, String clientId, Optional<Account> account) throws Exception {
        String user = account.map(Account::user).orElse(null);
        String password = account.map(Account::password).orElse(null);
        return switch (this) {
            case CORE, AMQP, OPENWIRE -> new JmsPeer(factory(port, user, password));
            case MQTT -> new MqttPeer(port, clientId, account);
            case STOMP -> new StompPeer(port, account);
        };
    }

    /** What makes connections, for those that speak Jakarta Messaging. */
    ConnectionFactory factory(int port, String user, String password) {
        return switch (this) {
            case CORE -> new org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory(
                    "tcp://127.0.0.1:" + port + "?callTimeout=" + Peer.PATIENCE_MILLIS, user, password);
            case AMQP -> new JmsConnectionFactory(user, password, "amqp://127.0.0.1:" + port);
            case OPENWIRE -> new org.apache.activemq.ActiveMQConnectionFactory(user, password, "tcp://127.0.0.1:" + port);
            case MQTT, STOMP -> throw new IllegalStateException(this + " is not spoken by Jakarta Messaging");
        };
    }

    /** Whether messages have types of body, properties with types, and destinations to answer to. */
    boolean isJms() {
        return this == CORE || this == AMQP || this == OPENWIRE;
    }
}
