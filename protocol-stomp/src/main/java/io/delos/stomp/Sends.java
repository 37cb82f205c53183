package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Repetition;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Owned by the connection's loop: makes messages of SEND frames. */
final class Sends {

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEVER = {0};

    private final Conversation conversation;
    private final Transactions transactions;
    private final boolean namesUser;
    /** Producers tend to send to the same destination again. */
    private byte[] lastDestination = NEVER;
    private byte[] lastType = NEVER;
    private Destinations.Target lastTarget = new Destinations.Target("", "", Optional.empty());
    private long messageIds;
    private int noLocalSubscriptions;
    private Optional<LargeSend> large = Optional.empty();

    Sends(Conversation conversation, Transactions transactions) {
        this.conversation = conversation;
        this.transactions = transactions;
        this.namesUser = conversation.connection().broker().config().settings().security().populateValidatedUser();
    }

    /** A subscription that doesn't want to see our own messages came (1) or went (-1): while there is one, they bear our name. */
    void noLocal(int change) {
        noLocalSubscriptions += change;
    }

    /** A message to be sent, how often if not once, in which transaction, and who is told; its body follows. */
    record Order(Message message, Optional<Repetition> repetition, Optional<Transaction> transaction, Reply<Void> answer) { }

    void send(Inbound.Frame frame) throws StompException {
        Headers headers = frame.headers();
        Destinations.Target target = target(headers);
        Optional<Transaction> transaction = transaction(headers);
        Optional<Repetition> repetition = repetition(headers);
        Message message = message(headers, frame.body(), target, repetition.isPresent());
        Reply<Void> answer = answer(headers, target);
        if (repetition.isPresent()) {
            conversation.session().schedule(message, repetition.get(), transaction, answer);
        } else if (transaction.isPresent()) {
            conversation.session().send(message, transaction.get(), answer);
        } else {
            conversation.session().send(message, answer);
        }
    }

    /** A body begins to arrive that is too long for the memory. What may not be sent is refused before it has come. */
    void begin(Headers headers) throws StompException {
        Destinations.Target target = target(headers);
        Optional<Transaction> transaction = transaction(headers);
        Optional<Repetition> repetition = repetition(headers);
        Message message = message(headers, Unpooled.EMPTY_BUFFER, target, repetition.isPresent());
        Order order = new Order(message, repetition, transaction, answer(headers, target));
        conversation.session().checkSend(order.message.address(), Reply.of(may -> {
            large = Optional.of(new LargeSend(conversation, order));
        }, order.answer::failed));
    }

    /** More of that body; if it was refused, it is read over. */
    void add(ByteBuf piece) {
        large.ifPresent(arriving -> arriving.add(piece));
    }

    /** That was all of it. */
    void end() {
        large.ifPresent(LargeSend::end);
        large = Optional.empty();
    }

    private Optional<Transaction> transaction(Headers headers) throws StompException {
        if (!headers.has(Header.TRANSACTION)) {
            return Optional.empty();
        }
        String name = headers.text(Header.TRANSACTION);
        Optional<Transactions.Open> open = transactions.find(name);
        if (open.isEmpty()) {
            throw StompErrors.sendInNoTransaction(name);
        }
        return open.map(Transactions.Open::transaction);
    }

    private Reply<Void> answer(Headers headers, Destinations.Target target) {
        return conversation.answer(headers.text(Header.RECEIPT), (BrokerException why) -> StompErrors.sendRefused(target.address(), why));
    }

    private Destinations.Target target(Headers headers) throws StompException {
        if (headers.is(Header.DESTINATION, lastDestination) && sameType(headers)) {
            return lastTarget;
        }
        String type = headers.text(Header.DESTINATION_TYPE);
        String destination = headers.text(Header.DESTINATION);
        Destinations.Target target;
        try {
            Optional<Destinations.Target> temporary = conversation.temporaries().find(destination, headers.text(Header.RECEIPT));
            target = temporary.isPresent() ? temporary.get() : conversation.destinations().of(destination, type);
        } catch (IllegalArgumentException unknown) {
            throw StompErrors.badSend("destination-type is ANYCAST or MULTICAST, not " + type);
        }
        if (target.address().isEmpty()) {
            throw StompErrors.noDestination();
        }
        lastDestination = headers.copy(Header.DESTINATION);
        lastType = headers.copy(Header.DESTINATION_TYPE);
        lastTarget = target;
        return target;
    }

    private boolean sameType(Headers headers) {
        return lastType.length == 0 ? headers.valueLength(Header.DESTINATION_TYPE) <= 0 : headers.is(Header.DESTINATION_TYPE, lastType);
    }

    private Message message(Headers headers, ByteBuf body, Destinations.Target target, boolean repeated) throws StompException {
        long now = System.currentTimeMillis();
        String group = headers.has(Header.GROUP) ? headers.text(Header.GROUP) : headers.text(Header.AMQ_GROUP);
        int priority = (int) Math.max(0, Math.min(9, number(headers, Header.PRIORITY, 4)));
        long expiration = number(headers, Header.EXPIRES, 0);
        long deliverAt = repeated ? 0 : deliverAt(headers, now);
        boolean durable = durable(headers);
        if (headers.has(Header.REPLY_TO)) {
            answerTo(headers);
        }
        mark(headers, target);
        boolean bytes = headers.has(Header.CONTENT_LENGTH);
        return Message.of(MessageFormat.STOMP, StompFormat.encode(headers, bytes, body))
                .address(target.address())
                .routing(target.type().map(RoutingType::code).orElse(Message.ROUTE_BOTH))
                .durable(durable).priority(priority).expiration(expiration).timestamp(now).deliverAt(deliverAt)
                .group(group).duplicateId(headers.text(Header.DUPLICATE_ID)).build();
    }

    private static boolean durable(Headers headers) {
        return headers.is(Header.PERSISTENT, TRUE) || headers.text(Header.PERSISTENT).equalsIgnoreCase("true");
    }

    /** What the broker has scheduled, and is sent on as it was received, is not scheduled again. */
    private static Optional<Repetition> repetition(Headers headers) throws StompException {
        boolean repeats = headers.has(Header.SCHEDULED_REPEAT) || headers.has(Header.SCHEDULED_CRON);
        if (!repeats || headers.has(Header.SCHEDULED_JOB)) {
            return Optional.empty();
        }
        try {
            return Repetition.of(value(headers, Header.SCHEDULED_DELAY), value(headers, Header.SCHEDULED_PERIOD),
                    value(headers, Header.SCHEDULED_REPEAT), value(headers, Header.SCHEDULED_CRON));
        } catch (BrokerException unreadable) {
            throw StompErrors.badSend(unreadable.getMessage());
        }
    }

    private static Object value(Headers headers, Header header) {
        return headers.has(header) ? headers.text(header) : null;
    }

    private static long deliverAt(Headers headers, long now) throws StompException {
        if (headers.has(Header.SCHEDULED_DELAY)) {
            long delay = Math.max(0, number(headers, Header.SCHEDULED_DELAY, 0));
            return delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
        }
        return number(headers, headers.has(Header.SCHEDULED_TIME) ? Header.SCHEDULED_TIME : Header.SCHEDULED_DELIVERY, 0);
    }

    private static long number(Headers headers, Header header, long otherwise) throws StompException {
        if (!headers.has(header)) {
            return otherwise;
        }
        String text = headers.text(header).trim();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw StompErrors.badSend(header.text() + " is not a number: " + text);
        }
    }

    /** A temporary destination of this client is told by the name that others know it by. */
    private void answerTo(Headers headers) throws StompException {
        Optional<Destinations.Target> temporary = conversation.temporaries().find(headers.text(Header.REPLY_TO), headers.text(Header.RECEIPT));
        if (temporary.isPresent()) {
            headers.set(Header.REPLY_TO.text(), Temporaries.forOthers(temporary.get()));
        }
    }

    /** What the broker adds to a message. */
    private void mark(Headers headers, Destinations.Target target) {
        if (!target.prefix().isEmpty()) {
            headers.set(Header.PREFIX.text(), target.prefix());
        }
        if (noLocalSubscriptions > 0) {
            headers.set(Header.CONNECTION_ID.text(), conversation.connection().id());
        }
        if (conversation.options().enableMessageId()) {
            headers.set("amqMessageId", "STOMP" + conversation.connection().id() + "-" + ++messageIds);
        }
        if (namesUser) {
            headers.set(Header.VALIDATED_USER.text(), conversation.connection().client().user());
        }
    }
}
