package io.delos.broker;

import io.delos.address.DuplicateIds;
import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.message.Message;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The duplicate ids one transaction has claimed, by address: as many as an address remembers at most, since older ones are forgotten
 * anyway. Owned by whoever owns the transaction.
 */
final class Claims {

    private final int most;
    private final Map<String, ArrayDeque<String>> ids = new LinkedHashMap<>(2);

    /** {@code most}: how many ids an address remembers. */
    Claims(int most) {
        this.most = most;
    }

    /** The address of a message's ids. */
    static String addressOf(String address) {
        int separator = address.indexOf("::");
        return separator < 0 ? address : address.substring(0, separator);
    }

    /** Notes the id of a message, if it has one. */
    void add(Message message) {
        if (!message.duplicateId().isEmpty()) {
            add(addressOf(message.address()), message.duplicateId());
        }
    }

    void add(String address, String id) {
        ArrayDeque<String> known = ids.computeIfAbsent(address, a -> new ArrayDeque<>());
        known.add(id);
        if (known.size() > most) {
            known.poll();
        }
    }

    void forEach(BiConsumer<String, String> look) {
        ids.forEach((address, known) -> known.forEach(id -> look.accept(address, id)));
    }

    /** A copy that another thread may have. */
    Claims copy() {
        Claims copy = new Claims(most);
        forEach(copy::add);
        return copy;
    }

    /** Their messages will never be: the ids may be used again. */
    void release(Routes routes) {
        ids.forEach((address, known) -> duplicates(routes, address).ifPresent(of -> known.forEach(of::release)));
    }

    /** Their messages are durable now. */
    void confirm(Routes routes) {
        ids.forEach((address, known) -> duplicates(routes, address).ifPresent(of -> known.forEach(of::confirm)));
    }

    /** The message is durable now, and its id with it. Any thread. */
    static void confirm(Routes routes, Message message) {
        if (!message.duplicateId().isEmpty()) {
            duplicates(routes, addressOf(message.address())).ifPresent(of -> of.confirm(message.duplicateId()));
        }
    }

    private static Optional<DuplicateIds> duplicates(Routes routes, String address) {
        return routes.find(address).map(Route::duplicates);
    }
}
