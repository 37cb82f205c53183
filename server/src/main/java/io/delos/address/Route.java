package io.delos.address;

import io.delos.config.AddressSettings;
import io.delos.config.RoutingType;
import io.delos.direct.DirectAddress;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.queue.AddressUsage;
import io.delos.queue.Queue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Where the messages of one address go: an immutable snapshot. Any thread. */
public final class Route {

    private static final Queue[] NOWHERE = new Queue[0];

    private final AddressRecord record;
    private final Set<RoutingType> types;
    private final Queue[] anycast;
    private final Queue[] multicast;
    private final Queue[] both;
    private final boolean plain;
    private final AddressUsage[] usages;
    private final AddressSettings settings;
    private final DivertTable diverts;
    private final AtomicInteger turn = new AtomicInteger();

    Route(AddressRecord record, List<Queue> anycast, List<Queue> multicast, DivertTable diverts) {
        this.record = record;
        this.types = record.types().isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(record.types()));
        this.anycast = anycast.isEmpty() ? NOWHERE : anycast.toArray(NOWHERE);
        this.multicast = multicast.isEmpty() ? NOWHERE : multicast.toArray(NOWHERE);
        this.plain = anycast.size() <= 1 && anycast.stream().allMatch(Route::open) && multicast.stream().allMatch(Route::open);
        this.both = both(this.anycast, this.multicast);
        this.settings = record.settings();
        this.diverts = diverts;
        this.usages = Stream.concat(Stream.of(record.usage()), Arrays.stream(both).map(Queue::usage)).distinct().toArray(AddressUsage[]::new);
    }

    private static Queue[] both(Queue[] anycast, Queue[] multicast) {
        if (anycast.length == 0 || multicast.length == 0) {
            return anycast.length == 0 ? multicast : anycast;
        }
        Queue[] both = Arrays.copyOf(anycast, anycast.length + multicast.length);
        System.arraycopy(multicast, 0, both, anycast.length, multicast.length);
        return both;
    }

    private static boolean open(Queue queue) {
        return queue.filter().isEmpty() && queue.config().enabled() && !queue.config().purgeOnNoConsumers();
    }

    public String address() {
        return record.name();
    }

    public Set<RoutingType> types() {
        return types;
    }

    public AddressSettings settings() {
        return settings;
    }

    public AddressUsage usage() {
        return record.usage();
    }

    /** The usages that a message sent here may add to: this address's, then those of wildcard addresses. Not to be changed. */
    public AddressUsage[] usages() {
        return usages;
    }

    public AddressCounters counters() {
        return record.counters();
    }

    public DuplicateIds duplicates() {
        return record.duplicates();
    }

    /** What passes messages through here, if nothing is kept. */
    public Optional<DirectAddress> direct() {
        return record.direct();
    }

    public boolean autoCreated() {
        return record.autoCreated();
    }

    public boolean temporary() {
        return record.temporary();
    }

    /** All queues of the address, those of matching wildcard addresses among them. */
    public List<Queue> queues() {
        return List.of(both);
    }

    public DivertTable diverts() {
        return diverts;
    }

    /** Whether a message may go elsewhere than into the queues of the address. */
    public boolean forks() {
        return !diverts.isEmpty() || settings.deadLetters().sendOnNoRoute() && !settings.deadLetters().address().isEmpty();
    }

    public boolean hasAnycast() {
        return anycast.length > 0;
    }

    /** The queues that get this message (address model, section 2): every multicast queue and one anycast queue that accept it. Not to be changed. */
    public Queue[] targets(Message message, Formats formats) {
        if (plain) {
            return switch (message.routing()) {
                case Message.ROUTE_ANYCAST -> anycast;
                case Message.ROUTE_MULTICAST -> multicast;
                default -> both;
            };
        }
        Queue[] found = new Queue[both.length];
        int count = 0;
        if (message.routing() != Message.ROUTE_MULTICAST) {
            Queue one = oneAnycast(message, formats);
            if (one != null) {
                found[count++] = one;
            }
        }
        if (message.routing() != Message.ROUTE_ANYCAST) {
            for (Queue queue : multicast) {
                if (accepts(queue, message, formats)) {
                    found[count++] = queue;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    private Queue oneAnycast(Message message, Formats formats) {
        int start = anycast.length == 0 ? 0 : Math.floorMod(turn.getAndIncrement(), anycast.length);
        for (int i = 0; i < anycast.length; i++) {
            Queue candidate = anycast[(start + i) % anycast.length];
            if (accepts(candidate, message, formats)) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether one queue takes the message; FQQN sends ask this of the queue they name. */
    public static boolean accepts(Queue queue, Message message, Formats formats) {
        if (!queue.config().enabled() || queue.config().purgeOnNoConsumers() && queue.counters().consumers() == 0) {
            return false;
        }
        return queue.filter().isEmpty() || queue.filter().get().matches(name -> formats.property(message, name));
    }
}
