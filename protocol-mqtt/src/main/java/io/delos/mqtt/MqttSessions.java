package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.message.MalformedMessageException;
import io.delos.spi.SessionDirectory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * All sessions, for operators: those whose clients are connected are asked for on the loops of these, the others are what is remembered. To change
 * what is remembered its client id is claimed, as by who connects. Works on a loop of its own.
 */
final class MqttSessions implements SessionDirectory {

    private static final Logger LOG = LogManager.getLogger(MqttSessions.class);

    /** How often, and how long apart, a client is looked for that is neither here nor away. */
    private static final int TRIES = 50;
    private static final long RETRY_MILLIS = 100;

    private final Broker broker;
    private final Loop home;
    private final Ledgers ledgers;
    private final Custodian custodian;
    private final StoredSessions stored;
    private final SessionRows rows;

    MqttSessions(Broker broker, Loop home, Ledgers ledgers) {
        this.broker = broker;
        this.home = home;
        this.ledgers = ledgers;
        this.custodian = new Custodian(broker, home);
        this.stored = new StoredSessions(broker);
        this.rows = new SessionRows(broker);
    }

    @Override
    public void sessions(Loop loop, Reply<List<Row>> done) {
        list(one -> List.of(rows.session(one)), (clientId, record) -> List.of(rows.session(clientId, record)), loop, done);
    }

    @Override
    public void subscriptions(Loop loop, Reply<List<Row>> done) {
        list(rows::subscriptions, rows::subscriptions, loop, done);
    }

    /** What one ledger answers: who is there, and what is shown of them. */
    private record Here(Set<String> clients, List<Row> rows) { }

    private void list(Function<Attended, List<Row>> here, BiFunction<String, SessionRecord, List<Row>> away, Loop loop, Reply<List<Row>> done) {
        ledgers.ask((ledger, owner) -> {
            Here answer = new Here(new HashSet<>(), new ArrayList<>());
            ledger.all().forEach(one -> {
                answer.clients.add(one.session().clientId());
                answer.rows.addAll(here.apply(one));
            });
            return answer;
        }, home, answers -> broker.workers().execute(() -> {
            Here all = new Here(new HashSet<>(), new ArrayList<>());
            answers.forEach(answer -> {
                all.clients.addAll(answer.clients);
                all.rows.addAll(answer.rows);
            });
            addRemembered(all, away);
            loop.post(() -> done.done(all.rows));
        }));
    }

    private void addRemembered(Here all, BiFunction<String, SessionRecord, List<Row>> away) {
        for (String key : broker.recallAll(Keys.SESSIONS).keySet()) {
            String clientId = key.substring(Keys.SESSIONS.length());
            if (!all.clients.contains(clientId)) {
                stored.find(clientId).ifPresent(record -> all.rows.addAll(show(clientId, record, away)));
            }
        }
    }

    private static List<Row> show(String clientId, SessionRecord record, BiFunction<String, SessionRecord, List<Row>> away) {
        try {
            return away.apply(clientId, record);
        } catch (MalformedMessageException damaged) {
            LOG.warn("What is remembered of MQTT client {} is not shown: {}", clientId, damaged.getMessage());
            return List.of();
        }
    }

    @Override
    public void remove(String clientId, Loop loop, Reply<Boolean> done) {
        Reply<Boolean> answer = on(loop, done);
        ledgers.ask((ledger, owner) -> ledger.find(clientId).map(Attended::dismiss), home, found -> {
            Client holder = custodian.ownClient();
            holder.claim(clientId, true, () -> { }, Reply.of(claimed -> remove(clientId, found.stream().flatMap(Optional::stream).findFirst(),
                    ending(holder, answer)), ending(holder, answer)::failed));
        });
    }

    /** Nobody is connected, and who comes waits. */
    private void remove(String clientId, Optional<List<SubscriptionOptions>> dismissed, Reply<Boolean> answer) {
        custodian.afterWrites(Reply.of(written -> {
            boolean known = broker.recall(Keys.session(clientId)).isPresent();
            List<SubscriptionOptions> subscriptions = new ArrayList<>(dismissed.orElse(List.of()));
            stored.find(clientId).ifPresent(record -> subscriptions.addAll(stored.subscriptions(clientId, record)));
            if (!known && dismissed.isEmpty()) {
                answer.done(false);
            } else {
                custodian.remove(clientId, subscriptions, Reply.of(gone -> answer.done(true), answer::failed));
            }
        }, answer::failed));
    }

    @Override
    public void removeSubscription(String clientId, String filter, Loop loop, Reply<Boolean> done) {
        Reply<Boolean> answer = on(loop, done);
        home.post(() -> removeSubscription(clientId, filter, answer, TRIES));
    }

    private void removeSubscription(String clientId, String filter, Reply<Boolean> answer, int tries) {
        Runnable again = () -> home.schedule(() -> removeSubscription(clientId, filter, answer, tries - 1), RETRY_MILLIS);
        ledgers.ask((ledger, owner) -> {
            Optional<Attended> here = ledger.find(clientId);
            here.ifPresent(one -> one.unsubscribe(filter, owner,
                    known -> home.post(() -> custodian.afterWrites(Reply.of(written -> answer.done(known), answer::failed))), again));
            return here.isPresent();
        }, home, found -> {
            if (!found.contains(true)) {
                whileAway(clientId, filter, answer, tries == 0 ? Optional.empty() : Optional.of(again));
            }
        });
    }

    private void whileAway(String clientId, String filter, Reply<Boolean> answer, Optional<Runnable> again) {
        Client holder = custodian.ownClient();
        Reply<Boolean> ending = ending(holder, answer);
        holder.claim(clientId, false, () -> { }, Reply.of(claimed -> custodian.afterWrites(Reply.of(
                written -> strike(clientId, filter, ending), ending::failed)), cameBack -> {
                    holder.close();
                    again.ifPresentOrElse(Runnable::run, () -> answer.failed(new BrokerException(Reason.UNAVAILABLE,
                            "the client " + clientId + " comes and goes; try again")));
                }));
    }

    /** Nobody is connected, and who comes waits. */
    private void strike(String clientId, String filter, Reply<Boolean> answer) {
        Optional<SessionRecord> record = stored.find(clientId);
        List<SubscriptionOptions> struck = record.map(found -> stored.subscriptions(clientId, found)).orElse(List.of()).stream()
                .filter(each -> each.filter().equals(filter)).toList();
        if (struck.isEmpty()) {
            answer.done(false);
        } else {
            custodian.deleteQueues(clientId, struck, () -> {
                takeOut(clientId, record.get(), filter);
                broker.forget(Keys.subscriptions(clientId) + filter, home, Reply.of(written -> answer.done(true), answer::failed));
            });
        }
    }

    /** A record of the first version has the subscription inside: it is replaced, and the others get keys of their own. */
    private void takeOut(String clientId, SessionRecord record, String filter) {
        if (record.subscriptions().stream().anyMatch(each -> each.filter().equals(filter))) {
            stored.subscriptions(clientId, record).stream().filter(each -> !each.filter().equals(filter)).forEach(each ->
                    broker.remember(Keys.subscriptions(clientId) + each.filter(), each.write(), home, Reply.ignored()));
            broker.remember(Keys.session(clientId), record.write(), home, Reply.ignored());
        }
    }

    /** Gives the client id back before it answers. */
    private static Reply<Boolean> ending(Client holder, Reply<Boolean> answer) {
        return Reply.of(result -> {
            holder.close();
            answer.done(result);
        }, refusal -> {
            holder.close();
            answer.failed(refusal);
        });
    }

    private static Reply<Boolean> on(Loop loop, Reply<Boolean> done) {
        return Reply.of(result -> loop.post(() -> done.done(result)), refusal -> loop.post(() -> done.failed(refusal)));
    }
}
