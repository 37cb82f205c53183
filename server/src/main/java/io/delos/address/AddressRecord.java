package io.delos.address;

import io.delos.config.AddressSettings;
import io.delos.config.RoutingType;
import io.delos.direct.DirectAddress;
import io.delos.queue.AddressUsage;
import io.delos.queue.Queue;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One address as the book knows it. Owned by the control loop; the parts that senders share (usage, counters, ids) are safe on any thread. */
public final class AddressRecord {

    private final String name;
    private final EnumSet<RoutingType> types;
    private final boolean autoCreated;
    private final boolean temporary;
    private final AddressUsage usage;
    private final AddressCounters counters = new AddressCounters();
    private final DuplicateIds duplicates;
    private final Map<String, Queue> queues = new LinkedHashMap<>(2);
    private final Optional<DirectAddress> direct;
    private AddressSettings settings;
    private boolean used;
    private long emptySince;
    private boolean marked;

    AddressRecord(String name, Set<RoutingType> types, boolean autoCreated, boolean temporary, AddressSettings settings, AddressUsage usage,
                  Optional<DirectAddress> direct) {
        this.name = name;
        this.types = types.isEmpty() ? EnumSet.noneOf(RoutingType.class) : EnumSet.copyOf(types);
        this.autoCreated = autoCreated;
        this.temporary = temporary;
        this.settings = settings;
        this.usage = usage;
        this.direct = direct;
        this.duplicates = new DuplicateIds(settings.observation().duplicateIds());
    }

    public String name() {
        return name;
    }

    public Set<RoutingType> types() {
        return types;
    }

    public boolean autoCreated() {
        return autoCreated;
    }

    public boolean temporary() {
        return temporary;
    }

    public AddressUsage usage() {
        return usage;
    }

    public AddressCounters counters() {
        return counters;
    }

    public DuplicateIds duplicates() {
        return duplicates;
    }

    public AddressSettings settings() {
        return settings;
    }

    /** What passes messages through here, if nothing is kept. */
    public Optional<DirectAddress> direct() {
        return direct;
    }

    /** Whether producers are attached to it that would have to come anew if it went. */
    boolean hasProducers() {
        return direct.isPresent() && direct.get().counters().producers() > 0;
    }

    /** The queues bound to this very address. */
    public Collection<Queue> queues() {
        return queues.values();
    }

    /** Whether nothing is left of it but its name, since when (milliseconds), and whether it ever had a queue: what auto-deletion asks. */
    boolean unusedSince(long moment) {
        return used && queues.isEmpty() && emptySince <= moment;
    }

    /** Whether it goes at once when its last queue is deleted by a client, whatever the settings say of what goes by itself. */
    public boolean goesWithItsQueues() {
        return temporary || autoCreated && settings.creation().deleteAddressesDelay() == 0;
    }

    /** Marks it for removal; true if it was marked before and nothing happened since. */
    boolean markTwice() {
        boolean before = marked;
        marked = true;
        return before;
    }

    void unmark() {
        marked = false;
    }

    void settings(AddressSettings changed) {
        settings = changed;
        duplicates.capacity(changed.observation().duplicateIds());
        direct.ifPresent(address -> address.patience(changed.direct().patience()));
    }

    void add(Queue queue) {
        queues.put(queue.name(), queue);
        used = true;
        marked = false;
    }

    void remove(Queue queue) {
        queues.remove(queue.name());
        emptySince = queue.loop().now();
    }
}
