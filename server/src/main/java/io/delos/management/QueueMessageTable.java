package io.delos.management;

import io.delos.broker.Look;
import io.delos.broker.QueueMessages;
import io.delos.queue.Departures;
import io.delos.queue.Glance;
import io.delos.queue.Queue;
import io.delos.queue.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What can be done to the messages of a queue (management, section 4). Stateless. */
final class QueueMessageTable {

    private static final long ALL = Long.MAX_VALUE;

    private QueueMessageTable() {
    }

    static void declare(Table<QueueTarget> table) {
        removals(table);
        moves(table);
        departures(table);
        rest(table);
    }

    private static Sweep.Choice filter(QueueTarget target, String filter) {
        return Choices.filter(filter, target.desk().broker().formats());
    }

    private static CompletableFuture<Object> all(QueueTarget target, String filter, Consumer<QueueMessages.Order> deed) {
        return target.change(filter(target, filter), ALL, deed);
    }

    private static void removals(Table<QueueTarget> table) {
        table.operation("boolean removeMessage(long messageID)", (target, given) ->
                        target.changeOne(given.number(0), target.desk().messages()::remove))
                .operation("int removeMessages(String filter)", (target, given) -> removeAll(target, given.text(0)))
                .operation("int removeMessages(int flushLimit, String filter)", (target, given) -> removeAll(target, given.text(1)))
                .operation("int removeAllMessages()", (target, given) -> removeAll(target, ""));
    }

    private static CompletableFuture<Object> removeAll(QueueTarget target, String filter) {
        if (!filter.isBlank()) {
            return all(target, filter, target.desk().messages()::remove);
        }
        return Asking.<Long>of(reply -> target.desk().broker().administration().removeMessages(target.queue(), target.desk().loop(), reply),
                count -> count);
    }

    private static void moves(Table<QueueTarget> table) {
        table.operation("boolean moveMessage(long messageID, String otherQueueName)", (target, given) -> moveOne(target, given))
                .operation("boolean moveMessage(long messageID, String otherQueueName, boolean rejectDuplicates)",
                        (target, given) -> moveOne(target, given))
                .operation("int moveMessages(String filter, String otherQueueName)",
                        (target, given) -> move(target, given.text(0), given.text(1), ALL))
                .operation("int moveMessages(String filter, String otherQueueName, boolean rejectDuplicates)",
                        (target, given) -> move(target, given.text(0), given.text(1), ALL))
                .operation("int moveMessages(int flushLimit, String filter, String otherQueueName, boolean rejectDuplicates)",
                        (target, given) -> move(target, given.text(1), given.text(2), ALL))
                .operation("int moveMessages(int flushLimit, String filter, String otherQueueName, boolean rejectDuplicates, int messageCount)",
                        (target, given) -> move(target, given.text(1), given.text(2), given.number(4) < 0 ? ALL : given.number(4)));
        table.operation("boolean copyMessage(long messageID, String targetQueue)", (target, given) -> copy(target, given))
                .operation("boolean retryMessage(long messageID)", (target, given) ->
                        target.changeOne(given.number(0), target.desk().messages()::retry))
                .operation("int retryMessages()", (target, given) -> all(target, "", target.desk().messages()::retry))
                .operation("int retryMessages(String filter)", (target, given) -> all(target, given.text(0), target.desk().messages()::retry));
    }

    private static CompletableFuture<Object> moveOne(QueueTarget target, Arguments given) {
        Queue other = target.desk().target(given.text(1));
        return target.changeOne(given.number(0), order -> target.desk().messages().move(order, other));
    }

    private static CompletableFuture<Object> move(QueueTarget target, String filter, String to, long most) {
        Queue other = target.desk().target(to);
        return target.change(filter(target, filter), most, order -> target.desk().messages().move(order, other));
    }

    private static CompletableFuture<Object> copy(QueueTarget target, Arguments given) {
        Desk desk = target.desk();
        Queue other = desk.target(given.text(1));
        List<Glance.Seen> found = new ArrayList<>();
        CompletableFuture<Object> seen = Asking.<Void>of(reply -> Look.at(desk.broker(), target.queue(), "", ALL, desk.loop(), one -> {
            if (one.messageId() == given.number(0)) {
                found.add(one);
            }
            return found.isEmpty();
        }, reply), end -> null);
        return seen.thenCompose(end -> found.isEmpty() ? CompletableFuture.completedFuture(false) : Asking.<Void>of(
                reply -> desk.messages().copy(target.queue(), found.get(0).message(), given.number(0), other, desk.loop(), reply), done -> true));
    }

    private static void departures(Table<QueueTarget> table) {
        table.operation("boolean expireMessage(long messageID)", (target, given) ->
                        target.changeOne(given.number(0), order -> target.desk().messages().sendOff(order, Departures.Cause.EXPIRED)))
                .operation("int expireMessages(String filter)", (target, given) ->
                        all(target, given.text(0), order -> target.desk().messages().sendOff(order, Departures.Cause.EXPIRED)))
                .operation("boolean sendMessageToDeadLetterAddress(long messageID)", (target, given) ->
                        target.changeOne(given.number(0), order -> target.desk().messages().sendOff(order, Departures.Cause.DEAD)))
                .operation("int sendMessagesToDeadLetterAddress(String filter)", (target, given) ->
                        all(target, given.text(0), order -> target.desk().messages().sendOff(order, Departures.Cause.DEAD)));
    }

    private static void rest(Table<QueueTarget> table) {
        table.operation("boolean changeMessagePriority(long messageID, int newPriority)", (target, given) ->
                        target.changeOne(given.number(0), order -> target.desk().messages().reprioritise(order, priority(given))))
                .operation("int changeMessagesPriority(String filter, int newPriority)", (target, given) ->
                        all(target, given.text(0), order -> target.desk().messages().reprioritise(order, priority(given))));
        table.operation("void deliverScheduledMessage(long messageID)", (target, given) -> hurry(target, Choices.id(given.number(0))))
                .operation("void deliverScheduledMessages(String filter)", (target, given) -> hurry(target, filter(target, given.text(0))));
        for (String last : List.of("", ", boolean createMessageId")) {
            table.operation("String sendMessage(Map headers, int type, String body, boolean durable, String user, String password" + last + ")",
                    (target, given) -> Sending.to(target.desk(), target.queue().address() + "::" + target.queue().name(), given));
        }
    }

    private static int priority(Arguments given) {
        long priority = given.number(1);
        if (priority < 0 || priority > 9) {
            throw new ManagementException("AMQ229048: invalid new Priority value: " + priority + ". It must be between 0 and 9 (both included)");
        }
        return (int) priority;
    }

    private static CompletableFuture<Object> hurry(QueueTarget target, Sweep.Choice choice) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        target.queue().loop().post(() -> target.queue().glance().hurry(choice, count -> future.complete(null)));
        return future;
    }
}
