package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.address.Divert;
import io.delos.address.RefusedException;
import io.delos.config.BrokerConfig;
import io.delos.config.DivertConfig;
import io.delos.config.DivertRouting;
import io.delos.config.Origin;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps the last messages of addresses that want it for queues that come later (address model, section 16): a divert brings them into two ring
 * queues, one for each routing type, and a new queue begins with what is in its one. Owned by the control loop.
 */
final class Retroactive {

    private static final Logger LOG = LogManager.getLogger(Retroactive.class);

    private final AddressBook book;
    private final QueueRegistry registry;
    private final BookChanges changes;
    private final String prefix;
    private final char delimiter;
    private final List<String> unwanted = new ArrayList<>();
    /** Tied once, before anything is asked of it. */
    private Broker broker;

    Retroactive(AddressBook book, QueueRegistry registry, BookChanges changes, BrokerConfig config) {
        this.book = book;
        this.registry = registry;
        this.changes = changes;
        this.prefix = config.general().internalNamingPrefix();
        this.delimiter = config.wildcards().delimiter();
    }

    void serve(Broker theBroker) {
        broker = theBroker;
    }

    /** What was entered for an address, to be published. */
    private record Kept(AddressRecord address, List<Queue> queues, Divert divert) { }

    private String name(String address, String what) {
        return prefix + address + delimiter + what + delimiter + "retro";
    }

    private String queueName(String address, RoutingType type) {
        return name(address, "queue" + delimiter + (type == RoutingType.ANYCAST ? "anycast" : "multicast"));
    }

    private boolean wanted(AddressRecord address) {
        return address.settings().observation().retroactiveMessages() > 0 && !address.temporary() && !address.name().startsWith(prefix);
    }

    /** Makes what an address needs for this, if it wants it and hasn't; then runs {@code then}. */
    void arrange(AddressRecord address, Runnable then) {
        if (!wanted(address) || book.isBound(name(address.name(), "divert"))) {
            then.run();
            return;
        }
        changes.make(changes.control(), facts -> enter(address, facts), kept -> {
            book.publish(kept.address);
            book.publish(kept.divert);
            then.run();
        }, Reply.of(done -> { }, refusal -> {
            LOG.warn("The address {} will not keep messages for queues that come later: {}", address.name(), refusal.getMessage());
            then.run();
        }));
    }

    private Kept enter(AddressRecord address, List<Fact> facts) throws RefusedException {
        String own = name(address.name(), "address");
        EnumSet<RoutingType> types = EnumSet.allOf(RoutingType.class);
        Optional<AddressRecord> there = book.address(own);
        AddressRecord kept = there.isPresent() ? there.get() : book.addAddress(own, types, false, false);
        facts.add(new Fact.Address(own, AddressBook.bits(types), false));
        List<Queue> queues = new ArrayList<>();
        for (RoutingType type : types) {
            Queue queue = book.addQueue(QueueRequest.of(queueName(address.name(), type), own, type).with("internal", true)
                    .with("ring-size", address.settings().observation().retroactiveMessages()).with("auto-delete", false)
                    .resolve(kept.settings(), Origin.CREATED));
            registry.add(queue);
            queues.add(queue);
            facts.add(new Fact.Queue(queue.id(), Administration.texts(queue.config())));
        }
        String divert = name(address.name(), "divert");
        DivertConfig config = new DivertConfig(divert, divert, address.name(), own, false, "", DivertRouting.PASS, DivertConfig.Transformer.NONE);
        facts.add(Diverts.fact(config));
        return new Kept(kept, queues, book.addDivert(config));
    }

    /** When the broker starts: what its addresses want now is made, and rings get the size that the settings say. */
    void configure(List<Fact> facts) throws RefusedException {
        for (AddressRecord address : List.copyOf(book.addresses())) {
            boolean there = book.isBound(name(address.name(), "divert"));
            if (wanted(address) && !there) {
                enter(address, facts);
            } else if (wanted(address)) {
                resize(address, facts);
            } else if (there) {
                Divert divert = book.divert(name(address.name(), "divert"));
                book.removeDivert(divert);
                facts.add(new Fact.DivertGone(divert.name()));
                unwanted.add(name(address.name(), "address"));
            }
        }
    }

    /** The addresses of what was kept and is wanted no more, found when the broker started. */
    List<String> unwanted() {
        return unwanted;
    }

    private void resize(AddressRecord address, List<Fact> facts) {
        for (RoutingType type : RoutingType.values()) {
            book.queue(queueName(address.name(), type)).ifPresent(queue -> {
                QueueConfig changed = queue.config().with("ring-size", address.settings().observation().retroactiveMessages());
                if (!changed.equals(queue.config())) {
                    queue.loop().post(() -> queue.configure(changed, queue.filter()));
                    facts.add(new Fact.Queue(queue.id(), Administration.texts(changed)));
                }
            });
        }
    }

    /** What is kept for an address that goes; its divert has been taken out of the book then. */
    Optional<AddressRecord> forget(String address, List<Fact> facts) throws RefusedException {
        String divert = name(address, "divert");
        if (book.isBound(divert)) {
            book.removeDivert(book.divert(divert));
            facts.add(new Fact.DivertGone(divert));
        }
        return book.address(name(address, "address"));
    }

    /**
     * Puts what is kept into a queue that has been entered and is not published yet, as far as its filter lets it; then runs {@code then}. What
     * is kept is asked of its owner: what a client has been told was sent may not be counted yet.
     */
    void fill(Queue queue, Runnable then) {
        Optional<Queue> ring = queue.config().internal() ? Optional.empty() : book.queue(queueName(queue.address(), queue.routingType()));
        if (ring.isEmpty()) {
            then.run();
        } else {
            new Filling(broker, ring.get(), queue, then).start();
        }
    }
}
