package io.delos.broker;

import io.delos.address.DuplicateIds;
import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/**
 * The duplicate ids that belong to a transaction, by address: as many as an address remembers at most, since older ones are forgotten
 * anyway. They are only collected while it is open, and taken, all or none, when it is to come true: so nobody is refused because of a
 * transaction that may never be. Owned by whoever owns the transaction.
 */
final class Claims {

    private final ToIntFunction<String> most;
    private final Map<String, Ids> ids = new LinkedHashMap<>(2);
    private final List<Taken> taken = new ArrayList<>(0);
    private boolean tookAll;

    /** Ids of one address, the latest last, each with whether it must be taken. */
    private record Ids(int most, LinkedHashMap<String, Boolean> known) { }

    private record Taken(DuplicateIds of, String id) { }

    /** An id that somebody else has. */
    record Conflict(String address, String id, DuplicateIds of) {

        /** Has the task run, on any thread and perhaps at once, when it is known what became of it; false if its message has come to be. */
        boolean await(Runnable task) {
            return of.await(id, task);
        }
    }

    /** {@code most}: how many ids an address remembers. */
    Claims(ToIntFunction<String> most) {
        this.most = most;
    }

    /** The address of a message's ids. */
    static String addressOf(String address) {
        int separator = address.indexOf("::");
        return separator < 0 ? address : address.substring(0, separator);
    }

    /** What is told to whom sends in a transaction what is there already. */
    static BrokerException refusal(String id) {
        return new BrokerException(Reason.DUPLICATE_ID, "Duplicate message detected - message will not be routed. Duplicate id: " + id);
    }

    /** Notes the id of a message, if it has one. */
    void add(Message message) {
        if (!message.duplicateId().isEmpty()) {
            add(addressOf(message.address()), message.duplicateId());
        }
    }

    void add(String address, String id) {
        add(address, id, true);
    }

    /** One that is taken if nobody has it, and else left to whom it belongs. */
    void addIfFree(String address, String id) {
        add(address, id, false);
    }

    private void add(String address, String id, boolean needed) {
        Ids of = ids.computeIfAbsent(address, a -> new Ids(most.applyAsInt(a), new LinkedHashMap<>()));
        boolean was = Boolean.TRUE.equals(of.known.remove(id));
        of.known.put(id, needed || was);
        if (of.known.size() > of.most) {
            of.known.remove(of.known.keySet().iterator().next());
        }
    }

    /** One that has been taken for it. */
    void addTaken(DuplicateIds of, String id) {
        taken.add(new Taken(of, id));
    }

    void forEach(BiConsumer<String, String> look) {
        ids.forEach((address, of) -> of.known.keySet().forEach(id -> look.accept(address, id)));
    }

    /** Forgets what it knows of an address. */
    void forget(String address) {
        ids.remove(address);
    }

    /** These belong to it as well, and to nobody else. */
    void absorb(Claims others) {
        others.ids.forEach((address, of) -> of.known.forEach((id, needed) -> add(address, id, needed)));
        others.clear();
    }

    void clear() {
        ids.clear();
    }

    /** All of them, each address's in their order. */
    Map<String, Collection<String>> byAddress() {
        Map<String, Collection<String>> all = new LinkedHashMap<>();
        ids.forEach((address, of) -> all.put(address, of.known.keySet()));
        return all;
    }

    /** A copy that another thread may have; nothing of it is taken. */
    Claims copy() {
        Claims copy = new Claims(most);
        forEach(copy::add);
        return copy;
    }

    /** Takes them all, and answers nothing; or none, if one that is needed is somebody else's. */
    Optional<Conflict> take(Routes routes) {
        if (tookAll) {
            return Optional.empty();
        }
        for (Map.Entry<String, Ids> each : ids.entrySet()) {
            DuplicateIds of = routes.find(each.getKey()).map(Route::duplicates).orElse(null);
            Optional<Conflict> conflict = of == null ? Optional.empty() : take(each.getKey(), of, each.getValue());
            if (conflict.isPresent()) {
                release();
                return conflict;
            }
        }
        tookAll = true;
        return Optional.empty();
    }

    private Optional<Conflict> take(String address, DuplicateIds of, Ids wanted) {
        for (Map.Entry<String, Boolean> id : wanted.known.entrySet()) {
            if (of.claim(id.getKey())) {
                taken.add(new Taken(of, id.getKey()));
            } else if (id.getValue()) {
                return Optional.of(new Conflict(address, id.getKey(), of));
            }
        }
        return Optional.empty();
    }

    /** Their messages will never be: those that were taken may be used again. */
    void release() {
        taken.forEach(each -> each.of.release(each.id));
        taken.clear();
    }

    /** Their messages are durable now. */
    void confirm() {
        taken.forEach(each -> each.of.confirm(each.id));
    }

    /** The message is durable now, and its id with it. Any thread. */
    static void confirm(Routes routes, Message message) {
        if (!message.duplicateId().isEmpty()) {
            routes.find(addressOf(message.address())).ifPresent(route -> route.duplicates().confirm(message.duplicateId()));
        }
    }
}
