package io.delos.management;

import io.delos.broker.Look;
import io.delos.broker.Subscription;
import io.delos.queue.Consumer;
import io.delos.queue.Glance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What can be seen of a queue's messages and consumers (management, section 4); a list shows as many messages as the address's settings say. Stateless. */
final class QueueViewTable {

    private static final long ALL = Long.MAX_VALUE;

    private QueueViewTable() {
    }

    static void declare(Table<QueueTarget> table) {
        lists(table);
        pages(table);
        counts(table);
        first(table);
        unseen(table);
        table.operation("String listConsumersAsJSON()", (target, given) -> consumers(target).thenApply(Json::text));
        QueueGroupTable.declare(table);
    }

    private static void lists(Table<QueueTarget> table) {
        table.operation("Map[] listMessages(String filter)", (target, given) -> list(target, given.text(0)).thenApply(all -> all))
                .operation("String listMessagesAsJSON(String filter)", (target, given) -> list(target, given.text(0)).thenApply(Json::text));
    }

    private static void pages(Table<QueueTarget> table) {
        table.operation("CompositeData[] browse()", (target, given) -> browse(target, "", new Look.Page(0, pageSize(target))))
                .operation("CompositeData[] browse(String filter)", (target, given) ->
                        browse(target, given.text(0), new Look.Page(0, pageSize(target))))
                .operation("CompositeData[] browse(int page, int pageSize)", (target, given) -> browse(target, "", page(given)))
                .operation("CompositeData[] browse(int page, int pageSize, String filter)", (target, given) ->
                        browse(target, given.text(2), page(given)));
    }

    private static Look.Page page(Arguments given) {
        long size = Math.max(0, given.number(1));
        return new Look.Page(Math.max(0, given.number(0) - 1) * size, size);
    }

    private static long pageSize(QueueTarget target) {
        int size = target.queue().settings().observation().browsePageSize();
        return size < 0 ? Integer.MAX_VALUE : size;
    }

    private static MessageView view(QueueTarget target, Glance.Seen seen) {
        return MessageView.of(target.desk().broker(), seen, target.queue().settings().observation().attributeSizeLimit());
    }

    private static CompletableFuture<Object> browse(QueueTarget target, String filter, Look.Page page) {
        return look(target, filter, page, seen -> OpenMessage.of(view(target, seen).whole()));
    }

    private static CompletableFuture<Object> list(QueueTarget target, String filter) {
        return look(target, filter, new Look.Page(0, pageSize(target)), seen -> view(target, seen).flat());
    }

    private static CompletableFuture<Object> look(QueueTarget target, String filter, Look.Page page, Function<Glance.Seen, Object> shown) {
        if (!filter.isBlank()) {
            Choices.selector(filter);
        }
        return Asking.<List<Glance.Seen>>of(reply -> Look.page(target.desk().broker(), target.queue(), filter, page, target.desk().loop(), reply),
                seen -> new ArrayList<>(seen.stream().map(shown).toList()));
    }

    private static void counts(Table<QueueTarget> table) {
        table.immediate("long countMessages()", (target, given) -> target.queue().counters().messages())
                .operation("long countMessages(String filter)", (target, given) -> given.text(0).isBlank()
                        ? CompletableFuture.completedFuture(target.queue().counters().messages()) : count(target, given.text(0)))
                .operation("String countMessages(String filter, String groupByProperty)", QueueViewTable::countBy);
        table.operation("long countDeliveringMessages(String filter)", (target, given) -> delivering(target, given.text(0))
                        .thenApply(seen -> (long) seen.size()))
                .operation("String countDeliveringMessages(String filter, String groupByProperty)", (target, given) ->
                        delivering(target, given.text(0)).thenApply(seen -> groups(target, seen, given.text(1))));
    }

    private static CompletableFuture<Object> count(QueueTarget target, String filter) {
        Choices.selector(filter);
        long[] count = {0};
        return Asking.<Void>of(reply -> Look.at(target.desk().broker(), target.queue(), filter, ALL, target.desk().loop(), seen -> {
            count[0]++;
            return true;
        }, reply), end -> count[0]);
    }

    private static CompletableFuture<Object> countBy(QueueTarget target, Arguments given) {
        Map<String, Long> counts = new TreeMap<>();
        return Asking.<Void>of(reply -> Look.at(target.desk().broker(), target.queue(), given.text(0), ALL, target.desk().loop(), seen -> {
            counts.merge(property(target, seen, given.text(1)), 1L, Long::sum);
            return counts.size() < Short.MAX_VALUE;
        }, reply), end -> Json.text(counts));
    }

    private static String property(QueueTarget target, Glance.Seen seen, String name) {
        return String.valueOf(target.desk().broker().formats().property(seen.message(), name));
    }

    private static String groups(QueueTarget target, List<Glance.Seen> seen, String name) {
        Map<String, Long> counts = new TreeMap<>();
        seen.forEach(one -> counts.merge(property(target, one, name), 1L, Long::sum));
        return Json.text(counts);
    }

    private static CompletableFuture<List<Glance.Seen>> delivering(QueueTarget target, String filter) {
        io.delos.queue.Sweep.Choice choice = Choices.filter(filter, target.desk().broker().formats());
        CompletableFuture<List<Glance.Seen>> future = new CompletableFuture<>();
        target.queue().loop().post(() -> target.queue().glance().handedOut((int) pageSize(target),
                seen -> future.complete(seen.stream().filter(one -> choice.takes(one.message())).toList())));
        return future;
    }

    private static void first(Table<QueueTarget> table) {
        table.attribute("String FirstMessageAsJSON", target -> first(target, seen ->
                        Json.text(seen.stream().map(one -> view(target, one).flat()).toList())))
                .attribute("Long FirstMessageTimestamp", target -> first(target, seen -> seen.isEmpty() ? null : seen.get(0).message().timestamp()))
                .attribute("Long FirstMessageAge", target -> first(target, seen ->
                        seen.isEmpty() ? null : System.currentTimeMillis() - seen.get(0).message().timestamp()));
        table.operation("String peekFirstMessageAsJSON()", (target, given) -> look(target, "", new Look.Page(0, 1), seen -> view(target, seen).flat())
                        .thenApply(QueueViewTable::only))
                .operation("String peekFirstScheduledMessageAsJSON()", (target, given) -> scheduled(target, 1).thenApply(QueueViewTable::only));
    }

    private static Object first(QueueTarget target, Function<List<Glance.Seen>, Object> shown) {
        return Asking.<List<Glance.Seen>>of(reply -> Look.page(target.desk().broker(), target.queue(), "", new Look.Page(0, 1), target.desk().loop(),
                reply), shown);
    }

    private static Object only(Object list) {
        List<?> found = (List<?>) list;
        return Json.text(found.isEmpty() ? null : found.get(0));
    }

    private static CompletableFuture<Object> scheduled(QueueTarget target, int most) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        target.queue().loop().post(() -> target.queue().glance().scheduled(most,
                seen -> future.complete(seen.stream().map(one -> view(target, one).flat()).toList())));
        return future;
    }

    private static void unseen(Table<QueueTarget> table) {
        table.operation("Map[] listScheduledMessages()", (target, given) -> scheduled(target, (int) pageSize(target)))
                .operation("String listScheduledMessagesAsJSON()", (target, given) -> scheduled(target, (int) pageSize(target)).thenApply(Json::text))
                .operation("Map listDeliveringMessages()", (target, given) -> delivering(target, "").thenApply(seen -> byConsumer(target, seen)))
                .operation("String listDeliveringMessagesAsJSON()", (target, given) -> delivering(target, "").thenApply(seen -> {
                    List<Map<String, Object>> shown = new ArrayList<>();
                    byConsumer(target, seen).forEach((name, messages) -> {
                        Map<String, Object> one = new LinkedHashMap<>();
                        one.put("consumerName", name);
                        one.put("elements", messages);
                        shown.add(one);
                    });
                    return Json.text(shown);
                }));
    }

    private static Map<String, List<Object>> byConsumer(QueueTarget target, List<Glance.Seen> seen) {
        Map<String, List<Object>> shown = new LinkedHashMap<>();
        for (Glance.Seen one : seen) {
            shown.computeIfAbsent(one.holder().map(Consumer::describe).orElse(""), name -> new ArrayList<>()).add(view(target, one).flat());
        }
        return shown;
    }

    private static CompletableFuture<Object> consumers(QueueTarget target) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        target.desk().broker().clients().<Map<String, Object>>ask((client, rows) -> client.sessions().forEach(session -> {
            for (Subscription subscription : session.subscriptions()) {
                if (subscription.source() == target.queue()) {
                    rows.add(SessionRows.consumerOfQueue(subscription));
                }
            }
        }), target.desk().loop(), future::complete);
        return future;
    }
}
