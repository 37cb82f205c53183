package io.delos.queue;

import io.delos.config.AddressSettings;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.selector.Selector;
import java.util.Optional;

/** What anybody may ask of a queue, on any thread; its loop alone changes it, but for its retirement. */
public abstract sealed class QueueView permits Queue {

    private final long id;
    final Loop loop;
    final AddressUsage usage;
    final QueueCounters counters = new QueueCounters();
    private volatile QueueConfig config;
    private volatile Optional<Selector> filter;
    private volatile AddressSettings settings;
    private volatile boolean paused;
    private volatile boolean retired;

    QueueView(Queue.Parts parts, QueueConfig config, Optional<Selector> filter, AddressSettings settings) {
        this.id = parts.id();
        this.loop = parts.loop();
        this.usage = parts.usage();
        this.config = config;
        this.filter = filter;
        this.settings = settings;
    }

    /** Never reused; what the journal calls the queue. */
    public long id() {
        return id;
    }

    /** Unique over the whole broker. */
    public String name() {
        return config.name();
    }

    public String address() {
        return config.address();
    }

    public RoutingType routingType() {
        return config.routingType();
    }

    public boolean durable() {
        return config.durable();
    }

    /** The owner; post to it. */
    public Loop loop() {
        return loop;
    }

    public QueueConfig config() {
        return config;
    }

    public AddressSettings settings() {
        return settings;
    }

    public QueueCounters counters() {
        return counters;
    }

    /** The selector a message must pass to enter; empty for none. */
    public Optional<Selector> filter() {
        return filter;
    }

    /** What its address weighs. */
    public AddressUsage usage() {
        return usage;
    }

    public boolean paused() {
        return paused;
    }

    /**
     * Whether it is about to be removed because nobody uses it. Who has added a message to the {@link #usage} and finds this takes it off
     * again and looks for a queue anew: so no message enters one that is as good as gone.
     */
    public boolean retired() {
        return retired;
    }

    /** It is about to be removed, or is not after all. Control loop. */
    public void retire(boolean now) {
        retired = now;
    }

    final void setConfig(QueueConfig changed, Optional<Selector> newFilter) {
        config = changed;
        filter = newFilter;
    }

    final void setSettings(AddressSettings changed) {
        settings = changed;
    }

    final void setPaused(boolean pause) {
        paused = pause;
    }
}
