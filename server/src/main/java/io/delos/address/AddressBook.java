package io.delos.address;

import io.delos.config.AddressPattern;
import io.delos.config.AddressSettings;
import io.delos.config.AddressSettingsTable;
import io.delos.config.DivertConfig;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.config.WildcardSyntax;
import io.delos.direct.DirectAddress;
import io.delos.loop.Loop;
import io.delos.queue.AddressUsage;
import io.delos.queue.GlobalUsage;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * All addresses and queues. Owned by the control loop. It only keeps the books: making a change durable and answering whoever asked for it
 * is its caller's; nothing is seen by senders until it is published.
 */
public final class AddressBook {

    /** Makes the queue objects: gives them an id and a loop. */
    public interface QueueMaker {

        /** A new queue on this address. InvalidRequest as RefusedException if its filter does not parse. */
        Queue make(QueueConfig config, AddressRecord address) throws RefusedException;
    }

    /** Sorted, so that a pattern is compared with those alone that begin as it does. */
    private final NavigableMap<String, AddressRecord> addresses = new TreeMap<>();
    private final Map<String, Queue> queues = new HashMap<>();
    private final WildcardTree wildcards;
    private final Map<String, Divert> diverts = new LinkedHashMap<>();
    private final Routes routes;
    private final WildcardSyntax syntax;
    private final QueueMaker maker;
    private final GlobalUsage usage;
    private final Set<String> unlimited;
    private final String internal;
    private final Supplier<Loop> loops;
    private AddressSettingsTable settings;

    /**
     * What the book goes by.
     *
     * @param usage     what all addresses hold together
     * @param unlimited addresses that are never full: the broker's own
     * @param internal  start of the names of what the broker makes for itself
     * @param loops     where a direct address is to live
     */
    public record Terms(WildcardSyntax syntax, AddressSettingsTable settings, GlobalUsage usage, Set<String> unlimited, String internal,
                        Supplier<Loop> loops) { }

    public AddressBook(Routes routes, Terms terms, QueueMaker maker) {
        this.routes = routes;
        this.syntax = terms.syntax();
        this.wildcards = new WildcardTree(terms.syntax());
        this.settings = terms.settings();
        this.usage = terms.usage();
        this.unlimited = Set.copyOf(terms.unlimited());
        this.internal = terms.internal();
        this.loops = terms.loops();
        this.maker = maker;
    }

    public Optional<AddressRecord> address(String name) {
        return Optional.ofNullable(addresses.get(name));
    }

    public Optional<Queue> queue(String name) {
        return Optional.ofNullable(queues.get(name));
    }

    public Collection<AddressRecord> addresses() {
        return addresses.values();
    }

    public Collection<Queue> queues() {
        return queues.values();
    }

    public AddressSettings settingsOf(String address) {
        return settings.resolve(address);
    }

    /** Enters an address; ADDRESS_EXISTS if there is one of that name. */
    public AddressRecord addAddress(String name, Set<RoutingType> types, boolean autoCreated, boolean temporary) throws RefusedException {
        if (addresses.containsKey(name)) {
            throw new RefusedException(RefusedException.Kind.ADDRESS_EXISTS, "AMQ229204: Address already exists: " + name);
        }
        AddressRecord record = record(name, types, autoCreated, temporary);
        addresses.put(name, record);
        if (wild(name)) {
            wildcards.add(record);
        }
        return record;
    }

    private AddressRecord record(String name, Set<RoutingType> types, boolean autoCreated, boolean temporary) {
        AddressSettings resolved = settings.resolve(name);
        Optional<DirectAddress> direct = isDirect(name, resolved)
                ? Optional.of(new DirectAddress(name, loops.get(), resolved.direct().patience())) : Optional.empty();
        return new AddressRecord(name, types, autoCreated, temporary, resolved, new AddressUsage(name, limits(name, resolved), usage), direct);
    }

    private boolean wild(String name) {
        return syntax.routingEnabled() && syntax.isPattern(name);
    }

    /**
     * Where what is sent to an address goes that isn't there and would be made for the sender alone: to the queues of patterns that match it. Empty
     * if it has to be made all the same, because something is to be kept there for who comes later.
     */
    public Optional<Route> passing(String name) {
        AddressSettings resolved = settings.resolve(name);
        boolean made = !resolved.creation().createAddresses() || resolved.observation().retroactiveMessages() > 0;
        if (made || addresses.containsKey(name) || isDirect(name, resolved)) {
            return Optional.empty();
        }
        Route route = route(record(name, Set.of(RoutingType.MULTICAST), true, false));
        routes.pass(route);
        return Optional.of(route);
    }

    private boolean isDirect(String name, AddressSettings resolved) {
        boolean own = unlimited.contains(name) || !internal.isEmpty() && name.startsWith(internal);
        return resolved.direct().passes() && !own;
    }

    private AddressSettings.Limits limits(String name, AddressSettings resolved) {
        return unlimited.contains(name) ? AddressSettings.DEFAULT.limits() : resolved.limits();
    }

    /** Gives an address one more routing type; false if it had it. */
    public boolean addType(AddressRecord address, RoutingType type) {
        return address.types().add(type);
    }

    /** Replaces the routing types; ROUTING_TYPE_MISMATCH if queues of a type that would go exist. */
    public void setTypes(AddressRecord address, Set<RoutingType> types) throws RefusedException {
        for (Queue queue : address.queues()) {
            if (!types.contains(queue.routingType())) {
                throw new RefusedException(RefusedException.Kind.ROUTING_TYPE_MISMATCH,
                        "AMQ229209: Can't remove routing type " + queue.routingType() + ", queues exist for address: " + address.name());
            }
        }
        address.types().clear();
        address.types().addAll(types);
    }

    /** Enters a queue on an address that exists and serves its routing type; QUEUE_EXISTS, ADDRESS_NOT_FOUND, ROUTING_TYPE_MISMATCH. */
    public Queue addQueue(QueueConfig config) throws RefusedException {
        AddressRecord address = addresses.get(config.address());
        return addQueue(address == null || address.direct().isEmpty() ? config : keepingNothing(config), maker);
    }

    /** What is left of a queue's attributes on a direct address. */
    private static QueueConfig keepingNothing(QueueConfig config) {
        return config.with("durable", false).with("last-value", false).with("last-value-key", "").with("non-destructive", false)
                .with("ring-size", -1L).with("purge-on-no-consumers", false).with("consumers-before-dispatch", 0);
    }

    /** As above, made by another maker: one that was there before. */
    public Queue addQueue(QueueConfig config, QueueMaker made) throws RefusedException {
        if (queues.containsKey(config.name())) {
            throw new RefusedException(RefusedException.Kind.QUEUE_EXISTS,
                    "AMQ229019: Queue " + config.name() + " already exists on address " + queues.get(config.name()).address());
        }
        AddressRecord address = addresses.get(config.address());
        if (address == null) {
            throw new RefusedException(RefusedException.Kind.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + config.address());
        }
        if (!address.types().contains(config.routingType())) {
            throw new RefusedException(RefusedException.Kind.ROUTING_TYPE_MISMATCH, "AMQ229211: Invalid routing type "
                    + config.routingType() + " for queue " + config.name() + " on address " + address.name() + ", which serves " + address.types());
        }
        Queue queue = made.make(config, address);
        queues.put(config.name(), queue);
        address.add(queue);
        return queue;
    }

    /** Shows senders the address and its queues as they are now. */
    public void publish(AddressRecord address) {
        address.queues().forEach(queue -> {
            if (routes.queue(queue.name()).isEmpty()) {
                routes.publish(queue);
            }
        });
        republish(address);
        if (wild(address.name())) {
            routes.nothingPasses();
            AddressPattern pattern = AddressPattern.of(address.name(), syntax);
            String start = pattern.literalStart();
            addresses.tailMap(start, true).values().stream().takeWhile(other -> other.name().startsWith(start))
                    .filter(other -> other != address && pattern.matches(other.name())).forEach(this::republish);
        }
    }

    private void republish(AddressRecord address) {
        routes.publish(route(address));
    }

    private Route route(AddressRecord address) {
        List<Queue> anycast = new ArrayList<>();
        List<Queue> multicast = new ArrayList<>();
        collect(address, anycast, multicast);
        for (AddressRecord wild : wildcards.matching(address.name())) {
            if (wild != address) {
                collect(wild, anycast, multicast);
            }
        }
        return new Route(address, anycast, multicast, DivertTable.of(divertsOf(address.name())));
    }

    private List<Divert> divertsOf(String address) {
        return diverts.isEmpty() ? List.of() : routes.diverts().stream().filter(divert -> covers(divert, address)).toList();
    }

    /** Whether a published divert is for what is sent to this address, be that there or not. Any thread. */
    public boolean covered(String address) {
        return routes.diverts().stream().anyMatch(divert -> covers(divert, address));
    }

    private boolean covers(Divert divert, String address) {
        String source = divert.config().address();
        return source.equals(address)
                || syntax.routingEnabled() && syntax.isPattern(source) && AddressPattern.of(source, syntax).matches(address);
    }

    public Collection<Divert> diverts() {
        return diverts.values();
    }

    /** Enters a divert; INVALID_REQUEST, also if something else has its name, and INVALID_SELECTOR. */
    public Divert addDivert(DivertConfig config) throws RefusedException {
        if (isBound(config.name())) {
            throw new RefusedException(RefusedException.Kind.INVALID_REQUEST,
                    "the divert " + config.name() + " is not made: a divert or a queue has this name");
        }
        Divert divert = Divert.of(config);
        diverts.put(divert.name(), divert);
        return divert;
    }

    /** Whether a queue or a divert has this name. */
    public boolean isBound(String name) {
        return diverts.containsKey(name) || queues.containsKey(name);
    }

    /** Replaces a divert by one of the same name; INVALID_REQUEST if there is none, and what {@link #addDivert} says. */
    public Divert replaceDivert(DivertConfig config) throws RefusedException {
        divert(config.name());
        Divert divert = Divert.of(config);
        diverts.put(divert.name(), divert);
        return divert;
    }

    /** The divert of this name; INVALID_REQUEST if there is none. */
    public Divert divert(String name) throws RefusedException {
        Divert divert = diverts.get(name);
        if (divert == null) {
            throw new RefusedException(RefusedException.Kind.INVALID_REQUEST, "AMQ229012: No binding for divert " + name);
        }
        return divert;
    }

    /** Shows senders a divert that was entered; what it was before is withdrawn. */
    public void publish(Divert divert) {
        Optional<Divert> before = routes.divert(divert.name());
        if (diverts.get(divert.name()) == divert) {
            routes.publish(divert);
            before.ifPresent(this::republishSources);
            republishSources(divert);
        }
    }

    /** Takes a divert out of the book and from the sight of senders. */
    public void removeDivert(Divert divert) {
        diverts.remove(divert.name(), divert);
        routes.withdraw(divert);
        republishSources(divert);
    }

    private void republishSources(Divert divert) {
        routes.nothingPasses();
        addresses.values().stream().filter(address -> covers(divert, address.name())).forEach(this::republish);
    }

    private void collect(AddressRecord from, List<Queue> anycast, List<Queue> multicast) {
        for (Queue queue : from.queues()) {
            if (routes.queue(queue.name()).isPresent()) {
                (queue.routingType() == RoutingType.ANYCAST ? anycast : multicast).add(queue);
            }
        }
    }

    /** Takes a queue out of the book and from the sight of senders. */
    public void removeQueue(Queue queue) {
        queues.remove(queue.name(), queue);
        routes.withdraw(queue);
        AddressRecord address = addresses.get(queue.address());
        if (address != null) {
            address.remove(queue);
            publish(address);
        }
    }

    /** Takes an address out that has no queues left; ADDRESS_IN_USE otherwise. */
    public void removeAddress(AddressRecord address) throws RefusedException {
        if (!address.queues().isEmpty()) {
            throw new RefusedException(RefusedException.Kind.ADDRESS_IN_USE, "AMQ229205: Address " + address.name() + " has bindings");
        }
        addresses.remove(address.name());
        address.direct().ifPresent(direct -> direct.loop().post(direct::close));
        if (wild(address.name())) {
            wildcards.remove(address);
            routes.nothingPasses();
        }
        routes.withdraw(address.name());
    }

    /** Whether nothing is bound to the address itself, but for the broker's own, and nobody waits there for credit. */
    public boolean free(AddressRecord address) {
        return address.queues().isEmpty() && !address.hasProducers() && diverts.values().stream()
                .noneMatch(divert -> divert.config().address().equals(address.name()) && !divert.name().startsWith(internal));
    }

    /** The addresses that auto-deletion may remove now, by the rule of two passes (address model, section 4). */
    public List<AddressRecord> unusedAddresses(long now) {
        List<AddressRecord> unused = new ArrayList<>();
        for (AddressRecord address : addresses.values()) {
            AddressSettings.Creation rules = address.settings().creation();
            boolean candidate = address.autoCreated() && rules.deleteAddresses() && free(address)
                    && (address.unusedSince(now - rules.deleteAddressesDelay())
                        || rules.deleteAddressesSkipUsageCheck());
            if (!candidate) {
                address.unmark();
            } else if (address.markTwice()) {
                unused.add(address);
            }
        }
        return unused;
    }

    /** New settings for all. */
    public void settings(AddressSettingsTable changed) {
        settings = changed;
        routes.nothingPasses();
        for (AddressRecord address : addresses.values()) {
            AddressSettings resolved = changed.resolve(address.name());
            address.settings(resolved);
            address.usage().limits(limits(address.name(), resolved));
            address.queues().forEach(queue -> queue.loop().post(() -> queue.settings(resolved)));
            republish(address);
        }
    }

    /** Both routing types, in a set of their own. */
    public static Set<RoutingType> types(byte bits) {
        EnumSet<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        for (RoutingType type : RoutingType.values()) {
            if ((bits & 1 << type.code()) != 0) {
                types.add(type);
            }
        }
        return types;
    }

    /** A set of routing types as bits: bit 0 multicast, bit 1 anycast. */
    public static byte bits(Set<RoutingType> types) {
        byte bits = 0;
        for (RoutingType type : types) {
            bits |= (byte) (1 << type.code());
        }
        return bits;
    }
}
