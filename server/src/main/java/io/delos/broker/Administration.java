package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.address.RefusedException;
import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.config.AddressSettings;
import io.delos.config.AddressSettingsTable;
import io.delos.config.ConfigException;
import io.delos.config.Origin;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.config.Settings;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import io.delos.queue.Removed;
import io.delos.selector.InvalidSelectorException;
import io.delos.selector.Selector;
import io.delos.store.Fact;
import io.delos.store.Store;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Creates and deletes addresses and queues: changes the book on the control loop, makes the change durable, then publishes it and answers.
 * Its methods may be called on any loop; rights were checked by the caller.
 */
public final class Administration {

    private final AddressBook book;
    private final Routes routes;
    private final Store store;
    private final QueueRegistry registry;
    private final BookChanges changes;
    private final Retroactive retroactive;
    private final Loop control;
    /** Of each temporary queue, whose it is: the client that made it, or was last told that it is there. */
    private final Map<String, Client> owners = new HashMap<>();

    Administration(AddressBook book, Routes routes, Store store, BookChanges changes, QueueRegistry registry,
                   Retroactive retroactive) {
        this.book = book;
        this.routes = routes;
        this.store = store;
        this.control = changes.control();
        this.registry = registry;
        this.changes = changes;
        this.retroactive = retroactive;
    }

    private <T> void change(Loop loop, BookChanges.Change<T> change, BookChanges.Answer<T> answer, Reply<?> refusal) {
        changes.make(loop, change, answer, refusal);
    }

    /** Creates an address. */
    public void createAddress(String name, Set<RoutingType> types, boolean autoCreated, Loop loop, Reply<Void> done) {
        change(loop, facts -> addAddress(name, types, autoCreated, false, facts),
                address -> publish(address, Optional.empty(), () -> loop.post(() -> done.done(null))), done);
    }

    /** Shows senders an address and what is on it, when it and a queue that was just made have what they are to have; then runs {@code then}. */
    private void publish(AddressRecord address, Optional<Queue> made, Runnable then) {
        Runnable last = () -> {
            book.publish(address);
            then.run();
        };
        retroactive.arrange(address, () -> made.ifPresentOrElse(queue -> retroactive.fill(queue, last), last));
    }

    private AddressRecord addAddress(String name, Set<RoutingType> types, boolean autoCreated, boolean temporary, List<Fact> facts)
            throws RefusedException {
        if (name.isEmpty()) {
            throw new RefusedException(RefusedException.Kind.INVALID_REQUEST, "an address needs a name");
        }
        AddressRecord address = book.addAddress(name, types, autoCreated, temporary);
        if (!temporary) {
            facts.add(new Fact.Address(name, AddressBook.bits(types), autoCreated));
        }
        return address;
    }

    /** Deletes an address; with {@code force} its queues too. */
    public void deleteAddress(String name, boolean force, Loop loop, Reply<Void> done) {
        change(loop, facts -> {
            AddressRecord address = book.address(name).orElseThrow(() -> new RefusedException(
                    RefusedException.Kind.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + name));
            if (!book.free(address) && !force) {
                throw new RefusedException(RefusedException.Kind.ADDRESS_IN_USE, "AMQ229205: Address " + name + " has bindings");
            }
            for (Queue queue : List.copyOf(address.queues())) {
                remove(queue, facts, "the address " + name + " was deleted");
            }
            removeAddress(address, facts);
            return address;
        }, address -> loop.post(() -> done.done(null)), done);
    }

    private void removeAddress(AddressRecord address, List<Fact> facts) throws RefusedException {
        book.removeAddress(address);
        if (!address.temporary()) {
            facts.add(new Fact.AddressGone(address.name()));
        }
        Optional<AddressRecord> kept = retroactive.forget(address.name(), facts);
        if (kept.isPresent()) {
            for (Queue queue : List.copyOf(kept.get().queues())) {
                remove(queue, facts, "the address " + address.name() + " was deleted");
            }
            removeAddress(kept.get(), facts);
        }
    }

    /** Replaces an address's routing types. */
    public void updateAddress(String name, Set<RoutingType> types, Loop loop, Reply<Void> done) {
        change(loop, facts -> {
            AddressRecord address = book.address(name).orElseThrow(() -> new RefusedException(
                    RefusedException.Kind.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + name));
            book.setTypes(address, types);
            facts.add(new Fact.Address(name, AddressBook.bits(types), address.autoCreated()));
            return address;
        }, address -> {
            book.publish(address);
            loop.post(() -> done.done(null));
        }, done);
    }

    /** Creates a queue, and its address or its address's routing type when they are missing. */
    public void createQueue(QueueRequest request, boolean ignoreIfExists, boolean autoCreated, Loop loop, Reply<QueueInfo> done) {
        createQueue(new NewQueue(request, ignoreIfExists, autoCreated, Optional.empty()), loop, done);
    }

    /** A queue that is to be created; {@code owner} is with whom it goes if it is a temporary one. */
    record NewQueue(QueueRequest request, boolean ignoreIfExists, boolean autoCreated, Optional<Client> owner) { }

    void createQueue(NewQueue wanted, Loop loop, Reply<QueueInfo> done) {
        QueueRequest request = wanted.request;
        boolean autoCreated = wanted.autoCreated;
        change(loop, facts -> {
            Optional<Queue> there = book.queue(request.name());
            if (there.isPresent() && wanted.ignoreIfExists) {
                wanted.owner.filter(client -> there.get().config().temporary()).ifPresent(client -> owners.put(request.name(), client));
                return there.get();
            }
            AddressSettings settings = book.settingsOf(request.address());
            QueueConfig config = request.resolve(settings, autoCreated ? Origin.AUTO_CREATED : Origin.CREATED);
            Queue made = addQueue(config, facts);
            wanted.owner.filter(client -> config.temporary()).ifPresent(client -> owners.put(request.name(), client));
            return made;
        }, queue -> published(queue, loop, done), done);
    }

    private void published(Queue queue, Loop loop, Reply<QueueInfo> done) {
        registry.add(queue);
        Runnable answer = () -> {
            QueueInfo info = QueueInfo.of(queue);
            loop.post(() -> done.done(info));
        };
        book.address(queue.address()).ifPresentOrElse(address -> publish(address, Optional.of(queue), answer), answer);
    }

    private Queue addQueue(QueueConfig config, List<Fact> facts) throws RefusedException {
        if (book.queue(config.name()).isEmpty()) {
            addressFor(config, facts);
        }
        Queue queue = book.addQueue(config);
        if (queue.durable()) {
            facts.add(new Fact.Queue(queue.id(), texts(config)));
        }
        return queue;
    }

    private void addressFor(QueueConfig config, List<Fact> facts) throws RefusedException {
        Optional<AddressRecord> address = book.address(config.address());
        if (address.isEmpty()) {
            boolean temporary = config.temporary() && config.address().equals(config.name());
            addAddress(config.address(), EnumSet.of(config.routingType()), true, temporary, facts);
        } else if (!address.get().types().contains(config.routingType())
                && address.get().settings().creation().createAddresses()) {
            book.addType(address.get(), config.routingType());
            facts.add(new Fact.Address(config.address(), AddressBook.bits(address.get().types()), address.get().autoCreated()));
        }
    }

    /** A queue's attributes as texts, by name; those at their defaults are left out, for there may be very many queues. */
    static Map<String, String> texts(QueueConfig config) {
        return Settings.given(config);
    }

    /** Deletes a queue; QUEUE_IN_USE while it has consumers, unless {@code evenInUse}. Its address stays, unless that is temporary. */
    public void deleteQueue(String name, boolean evenInUse, Loop loop, Reply<Void> done) {
        deleteQueue(name, evenInUse, AddressRecord::temporary, loop, done);
    }

    /** As above, for a client that wants it gone: an address that appeared by itself goes with its last queue, unless that is to take a while. */
    void deleteQueueOfClient(String name, Loop loop, Reply<Void> done) {
        deleteQueue(name, false, AddressRecord::goesWithItsQueues, loop, done);
    }

    /** Deletes a temporary queue with the client whose it is, if it still is. */
    void deleteTemporary(String name, Client owner) {
        control.post(() -> {
            if (owners.get(name) == owner) {
                deleteQueue(name, true, AddressRecord::goesWithItsQueues, control, Reply.ignored());
            }
        });
    }

    private void deleteQueue(String name, boolean evenInUse, Predicate<AddressRecord> addressToo, Loop loop, Reply<Void> done) {
        change(loop, facts -> {
            Queue queue = book.queue(name).orElseThrow(() -> new RefusedException(
                    RefusedException.Kind.QUEUE_NOT_FOUND, "AMQ229017: Queue " + name + " does not exist"));
            if (!evenInUse && queue.counters().consumers() > 0) {
                throw new RefusedException(RefusedException.Kind.QUEUE_IN_USE, "AMQ229025: Cannot delete queue " + name
                        + " on binding " + queue.address() + " - it has consumers = " + queue.counters().consumers());
            }
            remove(queue, facts, "the queue " + name + " was deleted");
            AddressRecord address = book.address(queue.address()).orElse(null);
            if (address != null && address.queues().isEmpty() && book.free(address) && addressToo.test(address)) {
                removeAddress(address, facts);
            }
            return queue;
        }, queue -> loop.post(() -> done.done(null)), done);
    }

    /** Changes attributes of a queue, named as in broker.xml; name, address, routing type, durability and whether it is last-value stay. */
    public void updateQueue(String name, Map<String, Object> attributes, Loop loop, Reply<QueueInfo> done) {
        change(loop, facts -> {
            Queue queue = book.queue(name).orElseThrow(() -> new RefusedException(
                    RefusedException.Kind.QUEUE_NOT_FOUND, "AMQ229017: Queue " + name + " does not exist"));
            QueueConfig changed = queue.config();
            try {
                for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
                    if (!List.of("address", "routing-type", "durable", "last-value", "last-value-key").contains(attribute.getKey())) {
                        changed = changed.with(attribute.getKey(), attribute.getValue());
                    }
                }
                Optional<Selector> filter = changed.filter().isBlank() ? Optional.empty() : Optional.of(Selector.parse(changed.filter()));
                QueueConfig config = changed;
                queue.loop().post(() -> queue.configure(config, filter));
                if (queue.durable()) {
                    facts.add(new Fact.Queue(queue.id(), texts(config)));
                }
                return new QueueInfo(config, queue.id(), queue.counters().consumers(), queue.counters().messages(), queue.settings());
            } catch (ConfigException | InvalidSelectorException wrong) {
                throw new RefusedException(RefusedException.Kind.INVALID_REQUEST, wrong.getMessage());
            }
        }, info -> {
            book.queue(name).ifPresent(queue -> queue.loop().post(() -> control.post(
                    () -> book.address(queue.address()).ifPresent(book::publish))));
            loop.post(() -> done.done(info));
        }, done);
    }

    /** Forgets the duplicate ids an address remembers, but those of messages that are on their way to the disk. */
    public void forgetDuplicateIds(String name, Loop loop, Reply<Void> done) {
        change(loop, facts -> {
            AddressRecord address = book.address(name).orElseThrow(() -> new RefusedException(
                    RefusedException.Kind.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + name));
            address.duplicates().clear();
            facts.add(new Fact.ClaimsForgotten(name));
            return address;
        }, address -> loop.post(() -> done.done(null)), done);
    }

    /** All addresses go by these settings from now on; {@code done} runs on {@code loop} when they do. Nothing is written. */
    public void addressSettings(AddressSettingsTable changed, Loop loop, Runnable done) {
        control.post(() -> {
            book.settings(changed);
            loop.post(done);
        });
    }

    /** Removes all messages that wait in the queue; answers how many. */
    public void removeMessages(Queue queue, Loop loop, Reply<Long> done) {
        queue.loop().post(() -> queue.removeAll(removed -> removed(queue, removed, loop, done)));
    }

    private void removed(Queue queue, Removed removed, Loop loop, Reply<Long> done) {
        List<Fact> facts = removed.facts(queue.id());
        if (facts.isEmpty()) {
            loop.post(() -> done.done(removed.count()));
            return;
        }
        for (int i = 0; i < facts.size(); i++) {
            boolean last = i == facts.size() - 1;
            store.write(new Settlements.NoteUnit(List.of(facts.get(i)), Optional.of(loop), last
                    ? Reply.of(written -> done.done(removed.count()), done::failed) : Reply.ignored()));
        }
    }

    private void remove(Queue queue, List<Fact> facts, String sentence) {
        owners.remove(queue.name());
        book.removeQueue(queue);
        if (queue.durable() || store.bodies().any()) {
            facts.add(new Fact.QueueGone(queue.id()));
        }
        if (!queue.durable()) {
            registry.remove(queue.id());
        }
        queue.loop().post(() -> queue.close(sentence));
    }

    /** Fulfils a wish whose rights were checked. */
    void ensure(Ensure wish, Loop loop, Reply<AddressInfo> done) {
        BookChanges.Change<AddressRecord> change = facts -> {
            RoutingType type = wish.type().orElseGet(() -> book.settingsOf(wish.address()).creation().queueRoutingType());
            Optional<AddressRecord> there = book.address(wish.address());
            AddressRecord address = there.isPresent() ? there.get()
                    : addAddress(wish.address(), EnumSet.of(type), true, false, facts);
            if (wish.type().isPresent() && book.addType(address, type)) {
                facts.add(new Fact.Address(address.name(), AddressBook.bits(address.types()), address.autoCreated()));
            }
            if (wish.queueToo() && book.queue(wish.queue()).isEmpty()) {
                QueueConfig config = QueueRequest.of(wish.queue(), wish.address(), type).resolve(address.settings(), Origin.AUTO_CREATED);
                registry.add(addQueue(config, facts));
            }
            return address;
        };
        BookChanges.Answer<AddressRecord> answer = address -> {
            Optional<Queue> made = wish.queueToo() ? book.queue(wish.queue()).filter(queue -> routes.queue(queue.name()).isEmpty()) : Optional.empty();
            publish(address, made, () -> describe(address.name(), loop, done));
        };
        if (wish.queueToo()) {
            changes.make(loop, change, answer, done);
        } else {
            changes.makeOnTheWay(loop, change, answer, done);
        }
    }

    /** As {@link #ensure}, of an address for a message; it isn't made if that changes nothing for anybody. */
    void pass(Ensure wish, Loop loop, Reply<Route> done) {
        control.post(() -> {
            Optional<Route> route = routes.find(wish.address()).or(() -> book.passing(wish.address()));
            if (route.isPresent()) {
                loop.post(() -> done.done(route.get()));
            } else {
                ensure(wish, loop, Reply.of(info -> {
                    Optional<Route> made = routes.find(wish.address());
                    made.ifPresentOrElse(done::done, () -> done.failed(new BrokerException(Reason.ADDRESS_NOT_FOUND,
                            "AMQ229203: Address Does Not Exist: " + wish.address())));
                }, done::failed));
            }
        });
    }

    /** Sees to it that a dead-letter or expiry address exists, with the queue for what comes from one address if there is to be one. */
    void ensureDeadLetters(DeadLetters.Place place, Loop loop, Reply<AddressInfo> done) {
        change(loop, facts -> {
            Optional<AddressRecord> there = book.address(place.address());
            AddressRecord address = there.isPresent() ? there.get()
                    : addAddress(place.address(), EnumSet.of(RoutingType.MULTICAST), true, false, facts);
            if (!place.queue().isEmpty() && book.queue(place.queue()).isEmpty()) {
                QueueConfig config = QueueRequest.of(place.queue(), place.address(), RoutingType.MULTICAST)
                        .with("filter", "_AMQ_ORIG_ADDRESS = '" + place.origin().replace("'", "''") + "'")
                        .resolve(address.settings(), Origin.AUTO_CREATED);
                registry.add(addQueue(config, facts));
            }
            return address;
        }, address -> {
            book.publish(address);
            describe(address.name(), loop, done);
        }, done);
    }

    private void describe(String address, Loop loop, Reply<AddressInfo> done) {
        loop.post(() -> describe(address, done));
    }

    /** Answers at once, with what is published. */
    void describe(String address, Reply<AddressInfo> done) {
        Optional<Route> route = routes.find(address);
        if (route.isPresent()) {
            done.done(AddressInfo.of(route.get()));
        } else {
            done.failed(new BrokerException(Reason.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + address));
        }
    }

    /** Runs a task on the loop when it is decided, and seen by all, whether what has retired goes. */
    void whenDecided(Loop loop, Runnable task) {
        control.post(() -> loop.post(task));
    }
}
