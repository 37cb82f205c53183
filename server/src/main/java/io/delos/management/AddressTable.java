package io.delos.management;

import io.delos.address.Route;
import io.delos.direct.DirectCounters;
import io.delos.queue.AddressUsage;
import io.delos.queue.Queue;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** What can be read of and asked of one address (management, section 3). Stateless. */
final class AddressTable {

    private static final Logger LOG = LogManager.getLogger(AddressTable.class);

    static final Table<AddressTarget> TABLE = new Table<>("address");

    static {
        identity();
        counters();
        operations();
    }

    private AddressTable() {
    }

    private static Function<AddressTarget, Object> route(Function<Route, Object> attribute) {
        return target -> attribute.apply(target.route());
    }

    private static Function<AddressTarget, Object> direct(Function<DirectCounters, Long> counter) {
        return target -> target.route().direct().map(passes -> counter.apply(passes.counters())).orElse(0L);
    }

    private static List<String> names(Route route) {
        return route.queues().stream().map(Queue::name).toList();
    }

    private static void identity() {
        TABLE.attribute("String Address", route(Route::address))
                .attribute("String[] RoutingTypes", route(Rows::typeNames))
                .attribute("String RoutingTypesAsJSON", route(found -> Json.text(Rows.typeNames(found))))
                .attribute("String[] QueueNames", route(AddressTable::names))
                .attribute("String[] AllQueueNames", route(AddressTable::names))
                .attribute("String[] RemoteQueueNames", route(found -> List.of()))
                .attribute("String[] BindingNames", route(AddressTable::names))
                .attribute("long QueueCount", route(found -> found.queues().size()))
                .attribute("boolean AutoCreated", route(Route::autoCreated))
                .attribute("boolean Temporary", route(Route::temporary))
                .attribute("boolean Direct", route(found -> found.direct().isPresent()))
                .attribute("boolean Internal", target -> Rows.internal(target.desk().broker(), target.route().address()))
                .attribute("boolean RetroactiveResource", route(found -> found.address().endsWith(".retro")))
                .attribute("boolean Paused", route(Rows::paused))
                .attribute("boolean BlockedViaManagement", route(found -> found.usage().blocked()))
                .attribute("long Id", route(Rows::id))
                .attribute("Object[] Roles", target -> Rows.roleRows(target.desk(), target.route().address()))
                .attribute("String RolesAsJSON", target -> Json.text(Rows.roles(target.desk(), target.route().address())));
    }

    private static void counters() {
        TABLE.attribute("long MessageCount", route(Rows::messages))
                .attribute("long NumberOfMessages", route(Rows::messages))
                .attribute("long AddressSize", route(found -> found.usage().bytes()))
                .attribute("boolean Paging", route(Rows::paging))
                .attribute("long NumberOfPages", route(Rows::pages))
                .attribute("long NumberOfBytesPerPage", route(found -> found.settings().limits().pageSizeBytes()))
                .attribute("int AddressLimitPercent", route(found -> found.usage().percentFull()))
                .attribute("long RoutedMessageCount", route(found -> found.counters().routed()))
                .attribute("long UnRoutedMessageCount", route(found -> found.counters().unrouted()))
                .attribute("long CurrentDuplicateIdCacheSize", route(found -> found.duplicates().size()))
                .attribute("long DirectProducerCount", direct(DirectCounters::producers))
                .attribute("long DirectAcceptedMessageCount", direct(DirectCounters::accepted))
                .attribute("long DirectReturnedMessageCount", direct(DirectCounters::returned))
                .attribute("long DirectDroppedMessageCount", direct(DirectCounters::dropped))
                .attribute("long DirectWaitingMessageCount", direct(DirectCounters::waiting))
                .attribute("int MaxPageReadBytes", route(found -> found.settings().limits().maxReadPageBytes()))
                .attribute("int MaxPageReadMessages", route(found -> found.settings().limits().maxReadPageMessages()))
                .attribute("int PrefetchPageBytes", route(found -> found.settings().limits().prefetchPageBytes()))
                .attribute("int PrefetchPageMessages", route(found -> found.settings().limits().prefetchPageMessages()));
    }

    private static void operations() {
        TABLE.operation("void pause()", (target, given) -> pause(target, true))
                .operation("void pause(boolean persist)", (target, given) -> pause(target, true).thenCompose(paused ->
                        given.flag(0) ? target.desk().settings().pauseAddress(target.route().address(), true) : Asking.nothing()))
                .operation("void resume()", (target, given) -> pause(target, false).thenCompose(resumed ->
                        target.desk().settings().pauseAddress(target.route().address(), false)))
                .immediate("boolean block()", (target, given) -> block(target, true))
                .immediate("void unblock()", (target, given) -> {
                    block(target, false);
                    return null;
                })
                .operation("long purge()", (target, given) -> purge(target))
                .operation("boolean clearDuplicateIdCache()", (target, given) -> Asking.<Void>of(reply -> target.desk().broker().administration()
                        .forgetDuplicateIds(target.route().address(), target.desk().loop(), reply), done -> true));
        for (String last : List.of("", ", boolean createMessageId")) {
            TABLE.operation("String sendMessage(Map headers, int type, String body, boolean durable, String user, String password" + last + ")",
                    (target, given) -> Sending.to(target.desk(), target.route().address(), given));
        }
    }

    private static CompletableFuture<Object> all(List<Queue> queues, Function<Queue, CompletableFuture<Object>> deed) {
        CompletableFuture<?>[] parts = queues.stream().map(deed).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(parts).thenApply(done -> null);
    }

    private static CompletableFuture<Object> pause(AddressTarget target, boolean paused) {
        return all(target.route().queues(), queue -> Asking.on(queue, own -> {
            own.pause(paused);
            return null;
        }));
    }

    private static boolean block(AddressTarget target, boolean shut) {
        AddressUsage usage = target.route().usage();
        if (usage.blocked() != shut) {
            usage.block(shut);
            LOG.info("Producers of address '{}' are {} by management", target.route().address(), shut ? "blocked" : "let in again");
        }
        return shut;
    }

    private static CompletableFuture<Object> purge(AddressTarget target) {
        AtomicLong count = new AtomicLong();
        return all(target.route().queues(), queue -> Asking.<Long>of(
                reply -> target.desk().broker().administration().removeMessages(queue, target.desk().loop(), reply), count::addAndGet))
                .thenApply(done -> count.get());
    }
}
