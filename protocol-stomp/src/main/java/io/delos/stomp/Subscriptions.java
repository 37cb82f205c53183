package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.queue.Delivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Owned by the connection's loop: the subscriptions of a client, and what it acknowledges on them (sections 7 and 8). */
final class Subscriptions {

    private static final int MOST = 10_000;

    private final Conversation conversation;
    private final Sends sends;
    private final Transactions transactions;
    private final Map<String, StompSubscription> byKey = new HashMap<>();
    private final Map<Long, StompSubscription> byNumber = new HashMap<>();
    private long numbers;

    Subscriptions(Conversation conversation, Sends sends, Transactions transactions) {
        this.conversation = conversation;
        this.sends = sends;
        this.transactions = transactions;
    }

    void subscribe(Headers headers) throws StompException {
        String destination = headers.text(Header.DESTINATION);
        String key = key(headers);
        if (byKey.containsKey(key)) {
            throw StompErrors.subscriptionExists(key);
        }
        if (byKey.size() == MOST) {
            throw StompErrors.tooMany("subscriptions", MOST);
        }
        boolean browsing = headers.text(Header.BROWSER).equals("true");
        AckMode mode = browsing ? AckMode.AUTO : AckMode.of(headers.text(Header.ACK));
        boolean noLocal = headers.text(Header.NO_LOCAL).equals("true") || headers.text(Header.OLD_NO_LOCAL).equals("true");
        SubscribeSteps.Source source = source(headers, destination, key);
        StompSubscription.Wish wish = new StompSubscription.Wish(numbers++, key, mode, window(headers, mode, key), noLocal, browsing,
                Temporaries.isName(destination) ? destination : "");
        SubscribeSteps steps = new SubscribeSteps(conversation, wish, source, filter(headers, noLocal));
        StompSubscription subscription = new StompSubscription(wish, conversation, this);
        add(subscription);
        conversation.hold();
        String receipt = headers.text(Header.RECEIPT);
        String selector = headers.text(Header.SELECTOR);
        steps.run(subscription, Reply.of(handle -> {
            conversation.confirm(receipt);
            subscription.begun(handle);
            conversation.release();
        }, refusal -> {
            forget(subscription);
            conversation.refuse(browsing && refusal.reason() == Reason.ROUTING_TYPE_MISMATCH ? StompErrors.nothingToBrowse(key)
                    : StompErrors.subscribeRefused(destination, key, selector, refusal), receipt);
            conversation.release();
        }));
    }

    private static String key(Headers headers) {
        return headers.has(Header.ID) ? headers.text(Header.ID) : "subscription/" + headers.text(Header.DESTINATION);
    }

    private int window(Headers headers, AckMode mode, String key) throws StompException {
        if (mode == AckMode.AUTO) {
            return -1;
        }
        Header given = headers.has(Header.WINDOW) ? Header.WINDOW : Header.OLD_WINDOW;
        if (!headers.has(given)) {
            return conversation.options().consumerWindowSize();
        }
        try {
            return Integer.parseInt(headers.text(given).trim());
        } catch (NumberFormatException notANumber) {
            throw StompErrors.badSubscribe(key, given.text() + " is not a number of bytes: " + headers.text(given));
        }
    }

    private SubscribeSteps.Source source(Headers headers, String destination, String key) throws StompException {
        String type = headers.text(Header.SUBSCRIPTION_TYPE);
        Destinations.Target target;
        try {
            Optional<Destinations.Target> temporary = conversation.temporaries().find(destination, headers.text(Header.RECEIPT));
            target = temporary.isPresent() ? temporary.get() : conversation.destinations().of(destination, type);
        } catch (IllegalArgumentException unknown) {
            throw StompErrors.badSubscribe(key, "subscription-type is ANYCAST or MULTICAST, not " + type);
        }
        if (target.address().isEmpty()) {
            throw StompErrors.badSubscribe(key, "SUBSCRIBE needs a destination");
        }
        String durable = durableName(headers);
        if (!durable.isEmpty() && conversation.clientId().isEmpty()) {
            throw StompErrors.badSubscribe(key, "a durable subscription needs a client-id on CONNECT");
        }
        return new SubscribeSteps.Source(target, durable.isEmpty() ? "" : conversation.clientId() + "." + durable);
    }

    private static String durableName(Headers headers) {
        for (Header header : List.of(Header.DURABLE_SUBSCRIPTION, Header.DURABLE_SUBSCRIBER, Header.OLD_DURABLE)) {
            if (headers.has(header)) {
                return headers.text(header);
            }
        }
        return "";
    }

    private String filter(Headers headers, boolean noLocal) throws StompException {
        String selector = headers.text(Header.SELECTOR);
        if (headers.has(Header.SELECTOR) && selector.isEmpty()) {
            throw StompErrors.emptySelector();
        }
        if (!noLocal) {
            return selector;
        }
        String others = "(__AMQ_CID <> '" + conversation.connection().id() + "' OR __AMQ_CID IS NULL)";
        return selector.isEmpty() ? others : others + " AND (" + selector + ")";
    }

    private void add(StompSubscription subscription) {
        byKey.put(subscription.wish().key(), subscription);
        byNumber.put(subscription.wish().number(), subscription);
        sends.noLocal(subscription.wish().noLocal() ? 1 : 0);
    }

    void forget(StompSubscription subscription) {
        if (byNumber.remove(subscription.wish().number()) != null) {
            byKey.remove(subscription.wish().key(), subscription);
            sends.noLocal(subscription.wish().noLocal() ? -1 : 0);
        }
    }

    void unsubscribe(Headers headers) throws StompException {
        String durable = durableName(headers);
        String queue = durable.isEmpty() || conversation.clientId().isEmpty() ? "" : conversation.clientId() + "." + durable;
        if (headers.valueLength(Header.ID) <= 0) {
            boolean old = conversation.out().version() == Version.V1_0;
            if (queue.isEmpty() && (!old || !headers.has(Header.DESTINATION))) {
                throw old ? StompErrors.noIdOrDestination() : StompErrors.noSubscriptionId();
            }
            if (!queue.isEmpty() && !headers.has(Header.DESTINATION)) {
                delete(queue, headers.text(Header.RECEIPT));
                return;
            }
        }
        String key = key(headers);
        StompSubscription subscription = byKey.get(key);
        if (subscription == null) {
            throw StompErrors.noSubscription(key);
        }
        end(subscription, queue, headers.text(Header.RECEIPT));
    }

    private void end(StompSubscription subscription, String durableQueue, String receipt) {
        forget(subscription);
        conversation.hold();
        Reply<Void> answer = conversation.answer(receipt, (BrokerException why) -> StompErrors.unsubscribeRefused(subscription.wish().key(), why));
        Reply<Void> last = Reply.of(done -> {
            answer.done(done);
            conversation.release();
        }, refusal -> {
            answer.failed(refusal);
            conversation.release();
        });
        Optional<String> queue = durableQueue.isEmpty() ? subscription.temporaryQueue() : Optional.of(durableQueue);
        subscription.end(Reply.of(done -> {
            if (queue.isPresent()) {
                conversation.session().resources().deleteQueue(queue.get(), last);
            } else {
                last.done(done);
            }
        }, last::failed));
    }

    private void delete(String queue, String receipt) {
        conversation.session().resources().deleteQueue(queue,
                conversation.answer(receipt, (BrokerException why) -> StompErrors.unsubscribeRefused(queue, why)));
    }

    /** ACK, and NACK: that returns a message as one attempt spent, so that it is offered again or, after the last attempt, dead. */
    void settle(Headers headers, Outcome outcome) throws StompException {
        Version version = conversation.out().version();
        if (version == Version.V1_2 && !headers.has(Header.ID)) {
            throw StompErrors.noAckId();
        }
        if (version == Version.V1_1 && !headers.has(Header.SUBSCRIPTION)) {
            throw StompErrors.noSubscriptionId();
        }
        String id = headers.text(version == Version.V1_2 ? Header.ID : Header.MESSAGE_ID);
        int comma = id.indexOf(',');
        StompSubscription subscription = byNumber.get(number(id, 0, comma));
        long messageId = number(id, comma + 1, id.length());
        if (subscription == null) {
            throw StompErrors.unknownMessage(id);
        }
        String named = headers.text(Header.SUBSCRIPTION);
        if (version == Version.V1_1 && !named.equals(subscription.wish().key())) {
            throw StompErrors.otherSubscription(named, subscription.wish().key());
        }
        String name = headers.text(Header.TRANSACTION);
        Optional<Transactions.Open> transaction = transactions.find(name);
        if (headers.has(Header.TRANSACTION) && transaction.isEmpty()) {
            throw StompErrors.notBegun(name);
        }
        List<Delivery> taken = subscription.take(messageId);
        if (taken.isEmpty()) {
            throw StompErrors.unknownMessage(id);
        }
        Reply<Void> answer = conversation.answer(headers.text(Header.RECEIPT), (BrokerException why) -> StompErrors.ackRefused(id, why));
        Session session = conversation.session();
        if (transaction.isPresent()) {
            transaction.get().add(subscription, taken);
            session.settle(taken, outcome, transaction.get().transaction(), answer);
        } else {
            session.settle(taken, outcome, answer);
        }
        subscription.giveCredit(taken);
    }

    private static long number(String id, int from, int to) throws StompException {
        try {
            if (from < to) {
                return Long.parseLong(id, from, to, 10);
            }
        } catch (NumberFormatException notANumber) {
            // told below like a missing one
        }
        throw StompErrors.badMessageId(id);
    }
}
