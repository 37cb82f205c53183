package io.delos.dist;

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
            case CORE -> new JmsPeer(new org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory(
                    "tcp://127.0.0.1:" + port + "?callTimeout=" + Peer.PATIENCE_MILLIS, user, password));
            case AMQP -> new JmsPeer(new JmsConnectionFactory(user, password, "amqp://127.0.0.1:" + port));
            case OPENWIRE -> new JmsPeer(new org.apache.activemq.ActiveMQConnectionFactory(user, password, "tcp://127.0.0.1:" + port));
            case MQTT -> new MqttPeer(port, clientId, account);
            case STOMP -> new StompPeer(port, account);
        };
    }

    /** Whether messages have types of body, properties with types, and destinations to answer to. */
    boolean isJms() {
        return this == CORE || this == AMQP || this == OPENWIRE;
    }
}
