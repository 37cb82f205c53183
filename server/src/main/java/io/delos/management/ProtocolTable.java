package io.delos.management;

import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.queue.QueueCounters;
import io.delos.spi.SessionDirectory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/** What can be read of and asked of a protocol whose clients come back to their sessions. Stateless. */
final class ProtocolTable {

    static final Table<Target> TABLE = new Table<>("protocol");

    /** A protocol, and who looks after its sessions. */
    record Target(Desk desk, String name, SessionDirectory sessions) { }

    static {
        TABLE.attribute("String Name", Target::name);
        TABLE.operation("String listSessions(String options, int pageNumber, int pageSize)",
                        (target, given) -> rows(target, target.sessions()::sessions, given))
                .operation("String listSubscriptions(String options, int pageNumber, int pageSize)",
                        (target, given) -> rows(target, target.sessions()::subscriptions, given))
                .operation("boolean removeSession(String clientID)", (target, given) -> Asking.<Boolean>of(
                        reply -> target.sessions().remove(given.text(0), target.desk().loop(), reply), there -> there))
                .operation("boolean removeSubscription(String clientID, String filter)", (target, given) -> Asking.<Boolean>of(
                        reply -> target.sessions().removeSubscription(given.text(0), given.text(1), target.desk().loop(), reply), there -> there));
    }

    private ProtocolTable() {
    }

    /** A question whose answer is rows. */
    private interface Listing {
        void ask(Loop loop, Reply<List<SessionDirectory.Row>> done);
    }

    private static CompletableFuture<Object> rows(Target target, Listing listing, Arguments given) {
        return Asking.<List<SessionDirectory.Row>>of(reply -> listing.ask(target.desk().loop(), reply),
                rows -> PagedList.of(rows.stream().map(row -> PagedList.Row.of(counted(target.desk(), row))).toList(), given, "clientID"));
    }

    private static Map<String, Object> counted(Desk desk, SessionDirectory.Row row) {
        Map<String, Object> shown = new LinkedHashMap<>(row.fields());
        shown.put("messageCount", sum(desk, row, QueueCounters::messages));
        shown.put("deliveringCount", sum(desk, row, QueueCounters::delivering));
        return shown;
    }

    private static long sum(Desk desk, SessionDirectory.Row row, ToLongFunction<QueueCounters> counter) {
        return row.queues().stream().flatMap(name -> desk.broker().findQueue(name).stream()).mapToLong(queue -> counter.applyAsLong(queue.counters())).sum();
    }
}
