package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.loop.Loop;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Does what a session needs when no client is there to do it: ends sessions that have expired, deletes queues, puts messages into them. Works on
 * one loop. Whether the client has come back meanwhile is told by the stamp in its {@link SessionRecord}, and made sure of by claiming
 * its id.
 */
final class Custodian {

    private static final Logger LOG = LogManager.getLogger(Custodian.class);

    private final Broker broker;
    private final Loop loop;
    private final Wills wills;

    Custodian(Broker broker, Loop loop) {
        this.broker = broker;
        this.loop = loop;
        this.wills = new Wills(broker, loop);
    }

    /** A client of the broker itself, which may do everything. */
    private Client ownClient() {
        return broker.openOwnClient(loop);
    }

    private Optional<Long> stampOf(String clientId) {
        return record(clientId).map(SessionRecord::stamp);
    }

    /** Sends messages to one queue; {@code done} runs when all have been answered. */
    void sendAll(List<Message> messages, Runnable done) {
        Client client = ownClient();
        Session session = client.openSession();
        Transaction transaction = session.begin();
        for (Message message : messages) {
            session.send(message, transaction, Reply.ignored());
        }
        session.commit(transaction, Reply.of(sent -> {
            client.close();
            done.run();
        }, refusal -> {
            LOG.warn("Retained messages are not delivered to {}: {}", messages.get(0).address(), refusal.getMessage());
            client.close();
            done.run();
        }));
    }

    // queues

    /** Deletes a queue of the session's; the client's rights don't matter, because it was the client's own. */
    void deleteQueue(String name, boolean evenInUse, Reply<Void> done) {
        broker.administration().deleteQueue(name, evenInUse, loop, done);
    }

    // sessions

    private Optional<SessionRecord> record(String clientId) {
        try {
            return broker.recall(Keys.session(clientId)).map(SessionRecord::read);
        } catch (MalformedMessageException damaged) {
            LOG.warn("The remembered MQTT session of {} is left out: {}", clientId, damaged.getMessage());
            return Optional.empty();
        }
    }

    /** Looks at a session again when it will have expired. */
    void watch(String clientId, SessionRecord record) {
        if (record.expirySeconds() != SessionRecord.NEVER) {
            loop.schedule(() -> expire(clientId, record.stamp()), record.expirySeconds() * 1000);
        }
    }

    private void expire(String clientId, long stamp) {
        if (stampOf(clientId).filter(now -> now == stamp).isEmpty()) {
            return;
        }
        Client client = ownClient();
        client.claim(clientId, false, client::close, Reply.of(claimed -> {
            Optional<SessionRecord> record = record(clientId).filter(now -> now.stamp() == stamp);
            record.ifPresent(expired -> end(clientId, expired));
            client.close();
        }, cameBack -> client.close()));
    }

    /** Does away with a session that nobody is attached to; its will need not wait any longer. The caller holds the client id. */
    void end(String clientId, SessionRecord record) {
        wills.dueNow(clientId);
        TopicNames names = new TopicNames(broker.config().wildcards());
        for (SubscriptionOptions options : record.subscriptions()) {
            TopicFilter.parse(options.filter()).ifPresent(filter -> {
                String queue = filter.queue(clientId, names.pattern(filter.filter()));
                deleteQueue(queue, !filter.shared(), Reply.ignored());
            });
        }
        forget(clientId);
    }

    /** Forgets all that is remembered of the client. */
    void forget(String clientId) {
        broker.forget(Keys.session(clientId), loop, Reply.ignored());
        forgetPackets(clientId);
    }

    /** Forgets the packet ids that are remembered of the client: for a session that begins anew, before it remembers its own. */
    void forgetPackets(String clientId) {
        broker.recallAll(Keys.received(clientId)).keySet().forEach(key -> broker.forget(key, loop, Reply.ignored()));
        broker.recallAll(Keys.sent(clientId)).keySet().forEach(key -> broker.forget(key, loop, Reply.ignored()));
    }

    /**
     * After the broker has started: sessions that should not have outlived their connection, or not the broker, are ended; the others
     * begin to expire anew. So do the delays of wills.
     */
    void start() {
        wills.start();
        boolean persistent = broker.config().general().mqttSubscriptionPersistence();
        for (Map.Entry<String, byte[]> entry : broker.recallAll(Keys.SESSIONS).entrySet()) {
            String clientId = entry.getKey().substring(Keys.SESSIONS.length());
            record(clientId).ifPresent(record -> {
                if (record.expirySeconds() == 0 || !persistent) {
                    expire(clientId, record.stamp());
                } else {
                    watch(clientId, record);
                }
            });
        }
    }
}
