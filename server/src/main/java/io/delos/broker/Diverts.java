package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.Divert;
import io.delos.address.RefusedException;
import io.delos.address.Routes;
import io.delos.config.DivertConfig;
import io.delos.loop.Loop;
import io.delos.store.Fact;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Makes, changes and removes diverts, durably. Any loop; rights were checked by the caller. */
public final class Diverts {

    private static final Logger LOG = LogManager.getLogger(Diverts.class);

    private final AddressBook book;
    private final Routes routes;
    private final BookChanges changes;

    Diverts(AddressBook book, Routes routes, BookChanges changes) {
        this.book = book;
        this.routes = routes;
        this.changes = changes;
    }

    /** Those there are. Any thread. */
    public List<DivertConfig> all() {
        return routes.diverts().stream().map(Divert::config).toList();
    }

    /** Whether there is one for what is sent to this address, be that there or not. Any thread. */
    boolean cover(String address) {
        return !routes.diverts().isEmpty() && book.covered(address);
    }

    /** The one of this name. Any thread. */
    public Optional<DivertConfig> find(String name) {
        return routes.divert(name).map(Divert::config);
    }

    /**
     * Makes one; who sends after the answer meets it. If a queue or a divert has its name nothing is done, and that is only logged.
     * INVALID_REQUEST if something is missing or the transformer is unknown; INVALID_SELECTOR.
     */
    public void create(DivertConfig config, Loop loop, Reply<Void> done) {
        changes.make(loop, facts -> {
            if (book.isBound(config.name())) {
                LOG.warn("The divert {} is not made: a divert or a queue has this name", config.name());
                return Optional.<Divert>empty();
            }
            Divert divert = book.addDivert(config);
            facts.add(fact(config));
            return Optional.of(divert);
        }, divert -> {
            divert.ifPresent(book::publish);
            loop.post(() -> done.done(null));
        }, done);
    }

    /** Replaces the one with its name; INVALID_REQUEST if there is none, and as {@link #create}. */
    public void update(DivertConfig config, Loop loop, Reply<Void> done) {
        changes.make(loop, facts -> {
            Divert divert = book.replaceDivert(config);
            facts.add(fact(config));
            return divert;
        }, divert -> {
            book.publish(divert);
            loop.post(() -> done.done(null));
        }, done);
    }

    /** Removes one; INVALID_REQUEST if there is none of this name. What was sent on its way stays. */
    public void delete(String name, Loop loop, Reply<Void> done) {
        changes.make(loop, facts -> {
            Divert divert = book.divert(name);
            book.removeDivert(divert);
            facts.add(new Fact.DivertGone(name));
            return divert;
        }, divert -> loop.post(() -> done.done(null)), done);
    }

    static Fact.Divert fact(DivertConfig config) {
        return new Fact.Divert(config.name(), config.texts());
    }

    /** Those there are and those that the configuration asks for, of which it says what they are: what is new or different is told. */
    static void configure(AddressBook book, Collection<Fact.Divert> restored, List<DivertConfig> configured, List<Fact> facts)
            throws RefusedException {
        for (Fact.Divert known : restored) {
            book.addDivert(DivertConfig.of(known.attributes()));
        }
        for (DivertConfig wanted : configured) {
            Optional<Divert> there = book.diverts().stream().filter(divert -> divert.name().equals(wanted.name())).findFirst();
            if (there.isEmpty()) {
                book.addDivert(wanted);
            } else if (!there.get().config().equals(wanted)) {
                book.replaceDivert(wanted);
            } else {
                continue;
            }
            facts.add(fact(wanted));
        }
    }
}
