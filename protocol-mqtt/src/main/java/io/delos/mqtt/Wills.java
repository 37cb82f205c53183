package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.loop.Loop;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps wills, publishes them when they are due and forgets those that are not wanted (MQTT 5, 3.1.2.5). A will is remembered while its
 * connection lasts and while it waits; it is published and forgotten in one transaction. Works on one loop.
 */
final class Wills {

    private static final Logger LOG = LogManager.getLogger(Wills.class);

    private final Broker broker;
    private final Loop loop;

    Wills(Broker broker, Loop loop) {
        this.broker = broker;
        this.loop = loop;
    }

    /** Remembers the will of a connection that has just begun. */
    void keep(String clientId, WillRecord record) {
        broker.remember(Keys.will(clientId), record.write(), loop, Reply.ignored());
    }

    /** There is no will of the client's any more. */
    void forget(String clientId) {
        if (broker.recall(Keys.will(clientId)).isPresent()) {
            broker.forget(Keys.will(clientId), loop, Reply.ignored());
        }
    }

    /** The connection has ended: the will is published now, when the client has stayed away for long enough, or by the end of the session. */
    void due(String clientId, WillRecord record) {
        if (record.delaySeconds() == 0) {
            publish(clientId, record.will());
        } else if (record.delaySeconds() < record.expirySeconds()) {
            loop.schedule(() -> dueLater(clientId, record.stamp()), record.delaySeconds() * 1000);
        }
    }

    private void dueLater(String clientId, long stamp) {
        if (find(clientId).filter(now -> now.stamp() == stamp).isEmpty()) {
            return;
        }
        Client client = broker.openOwnClient(loop);
        client.claim(clientId, false, client::close, Reply.of(claimed -> {
            find(clientId).filter(now -> now.stamp() == stamp).ifPresent(now -> publish(clientId, now.will()));
            client.close();
        }, cameBack -> client.close()));
    }

    /** The session has ended, and with it the waiting. The caller holds the client id. */
    void dueNow(String clientId) {
        find(clientId).ifPresent(record -> publish(clientId, record.will()));
    }

    /** After the broker has started: every will that is remembered is that of a connection that is gone. */
    void start() {
        for (Map.Entry<String, byte[]> entry : broker.recallAll(Keys.WILLS).entrySet()) {
            String clientId = entry.getKey().substring(Keys.WILLS.length());
            find(clientId).ifPresent(record -> due(clientId, record));
        }
    }

    private Optional<WillRecord> find(String clientId) {
        try {
            return broker.recall(Keys.will(clientId)).map(WillRecord::read);
        } catch (MalformedMessageException damaged) {
            LOG.warn("The remembered will of {} is left out: {}", clientId, damaged.getMessage());
            return Optional.empty();
        }
    }

    private void publish(String clientId, Will will) {
        Client client = broker.openOwnClient(loop);
        Session session = client.openSession();
        session.letTopicsPass();
        Message message = will.message();
        Transaction transaction = session.begin();
        session.send(message, transaction, Reply.ignored());
        if (will.retain()) {
            Retained.retain(transaction, will.topic(), message);
        }
        transaction.forget(Keys.will(clientId));
        session.commit(transaction, Reply.of(sent -> client.close(), refusal -> {
            LOG.warn("The will of {} for {} is not published: {}", clientId, will.topic(), refusal.getMessage());
            forget(clientId);
            client.close();
        }));
    }
}
