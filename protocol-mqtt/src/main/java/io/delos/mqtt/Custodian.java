package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Does what a session needs when no client is there to do it: ends sessions that have expired, deletes queues, puts messages into them. Works on
 * one loop. Whether the client has come back meanwhile is told by the stamp in its {@link SessionRecord}, and made sure of by claiming
 * its id.
 */
final class Custodian {

    private static final Logger LOG = LogManager.getLogger(Custodian.class);

    /** Nothing is remembered under this key. */
    private static final String BARRIER = "mqtt.barrier";

    private static final long RETRY_MILLIS = 1000;

    private final Broker broker;
    private final Loop loop;
    private final Optional<Ledger> ledger;
    private final Wills wills;
    private final StoredSessions stored;

    Custodian(Broker broker, Loop loop) {
        this(broker, loop, Optional.empty());
    }

    /** One that watches sessions; those that expire are counted in the ledger of its loop. */
    Custodian(Broker broker, Loop loop, Optional<Ledger> ledger) {
        this.broker = broker;
        this.loop = loop;
        this.ledger = ledger;
        this.stored = new StoredSessions(broker);
        this.wills = new Wills(broker, loop);
    }

    /** A client of the broker itself, which may do everything. */
    Client ownClient() {
        return broker.openOwnClient(loop);
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

    /**
     * Deletes a queue that a subscription has made; the client's rights don't matter, because it was the client's own. One that an operator
     * has made stays, with what is in it, whoever subscribed to it.
     */
    void deleteQueue(String name, boolean evenInUse, Reply<Void> done) {
        if (broker.findQueue(name).filter(queue -> !queue.config().autoCreated()).isPresent()) {
            done.done(null);
        } else {
            broker.administration().deleteQueue(name, evenInUse, loop, done);
        }
    }

    /** Looks at a session again when it will have expired. */
    void watch(String clientId, SessionRecord record) {
        if (record.expirySeconds() != SessionRecord.NEVER) {
            loop.schedule(() -> expire(clientId, record.stamp()), record.expirySeconds() * 1000);
        }
    }

    private void expire(String clientId, long stamp) {
        if (stored.find(clientId).filter(now -> now.stamp() == stamp).isEmpty()) {
            return;
        }
        Client client = ownClient();
        client.claim(clientId, false, client::close, Reply.of(claimed -> {
            stored.find(clientId).filter(now -> now.stamp() == stamp).ifPresent(expired -> {
                end(clientId, expired);
                ledger.ifPresent(counts -> counts.add(Count.EXPIRED, 1));
            });
            client.close();
        }, inUse -> {
            // by who came back, after which the stamp is another; or by somebody who only has to do with the session
            client.close();
            loop.schedule(() -> expire(clientId, stamp), RETRY_MILLIS);
        }));
    }

    /** Does away with a session that nobody is attached to; its will need not wait any longer. The caller holds the client id. */
    void end(String clientId, SessionRecord record) {
        wills.dueNow(clientId);
        deleteQueues(clientId, stored.subscriptions(clientId, record), () -> { });
        forget(clientId, Set.of());
    }

    /** As {@link #end}, and {@code done} when all of it is durable; if the broker ends before, what is left is a session. */
    void remove(String clientId, Collection<SubscriptionOptions> subscriptions, Reply<Void> done) {
        wills.dueNow(clientId);
        Runnable thenForget = () -> {
            forget(clientId, Set.of());
            afterWrites(done);
        };
        deleteQueues(clientId, subscriptions, () -> deleteBegun(clientId, thenForget));
    }

    /** Deletes the queues of subscriptions, a shared one if nobody uses it; {@code done} runs when they are gone, or stay. */
    void deleteQueues(String clientId, Collection<SubscriptionOptions> subscriptions, Runnable done) {
        TopicNames names = new TopicNames(broker.config().wildcards());
        int[] left = {1};
        Runnable answered = () -> {
            if (--left[0] == 0) {
                done.run();
            }
        };
        for (SubscriptionOptions options : subscriptions) {
            TopicFilter.parse(options.filter()).ifPresent(filter -> {
                left[0]++;
                String queue = filter.queue(clientId, names.pattern(filter.filter()));
                deleteQueue(queue, !filter.shared(), Reply.of(gone -> answered.run(), stays -> answered.run()));
            });
        }
        answered.run();
    }

    /** Done when what was written about sessions before is durable, and can be recalled. */
    void afterWrites(Reply<Void> done) {
        broker.forget(BARRIER, loop, done);
    }

    /** Forgets all that is remembered of the client's session, and what is still being written of subscriptions to these filters. */
    void forget(String clientId, Set<String> filters) {
        Set<String> keys = new LinkedHashSet<>();
        keys.add(Keys.session(clientId));
        keys.addAll(stored.parts(clientId));
        filters.forEach(filter -> keys.add(Keys.subscriptions(clientId) + filter));
        keys.forEach(key -> broker.forget(key, loop, Reply.ignored()));
        deleteBegun(clientId, () -> { });
    }

    private void deleteBegun(String clientId, Runnable done) {
        String name = BegunQueue.name(broker, clientId);
        if (broker.routes().queue(name).isPresent()) {
            deleteQueue(name, true, Reply.of(gone -> done.run(), stays -> done.run()));
        } else {
            done.run();
        }
    }

    /** Forgets subscriptions and packet ids that are remembered of the client: for a session that begins anew, before it remembers its own. */
    void forgetParts(String clientId) {
        stored.parts(clientId).forEach(key -> broker.forget(key, loop, Reply.ignored()));
        deleteBegun(clientId, () -> { });
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
            stored.find(clientId).ifPresent(record -> {
                if (record.expirySeconds() == 0 || !persistent) {
                    expire(clientId, record.stamp());
                } else {
                    watch(clientId, record);
                }
            });
        }
    }
}
