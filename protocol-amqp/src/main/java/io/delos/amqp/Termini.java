package io.delos.amqp;

import io.delos.loop.Loop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What links have left unsettled that asked for it to be kept: in memory, for a limited time, and not too much of it. Any thread; each entry is taken
 * out by one alone, its connection's timer or who attaches the link again.
 */
final class Termini {

    private static final Logger LOG = LogManager.getLogger(Termini.class);
    /** So many links may have left something. */
    static final int MOST_LINKS = 10_000;
    /** So many deliveries may they have left in all. */
    static final int MOST_DELIVERIES = 100_000;

    private final Map<Key, Left> left = new ConcurrentHashMap<>();
    private final AtomicInteger deliveries = new AtomicInteger();

    /**
     * Which link: a name means something to its container and its user alone.
     *
     * @param incoming whether the peer sends on it
     */
    record Key(String user, String container, String link, boolean incoming) {

        /** What the link is claimed as while it is attached. */
        String claim() {
            return String.join("\n", user, container, incoming ? "in" : "out", link);
        }
    }

    /**
     * Whose it was: what is left keeps none of its objects.
     *
     * @param session    stands for the session
     * @param connection stands for the connection
     * @param loop       of both
     */
    record Owner(Object session, Object connection, Loop loop) { }

    /** One link's. Its timer is changed on its owner's loop. */
    private static final class Left {
        private final Kept kept;
        private final int size;
        private final Keep terms;
        private final Owner owner;
        private volatile Loop.Timer timer = () -> { };

        Left(Kept kept, Keep terms, Owner owner) {
            this.kept = kept;
            this.size = kept.size();
            this.terms = terms;
            this.owner = owner;
        }
    }

    /** Keeps what a link leaves, if there is room for it. Whether it does; if not it is still the caller's. */
    boolean keep(Key key, Kept kept, Keep terms, Keep.End end, Owner owner) {
        long millis = terms.millis(end);
        if (millis <= 0 || kept.size() == 0) {
            return false;
        }
        if (left.size() >= MOST_LINKS || deliveries.get() + kept.size() > MOST_DELIVERIES) {
            LOG.warn("What link {} of AMQP container {} leaves unsettled is not kept for it: {} deliveries of {} links are kept already, and at most {}"
                    + " of {} can be", key.link(), key.container(), deliveries.get(), left.size(), MOST_DELIVERIES, MOST_LINKS);
            return false;
        }
        Left made = new Left(kept, terms, owner);
        Left former = left.put(key, made);
        deliveries.addAndGet(made.size);
        if (former != null) {
            ended(former);
            former.kept.giveUp();
        }
        expire(key, made, millis);
        return true;
    }

    private void expire(Key key, Left made, long millis) {
        made.timer.cancel();
        made.timer = made.owner.loop().schedule(() -> giveUp(key, made), millis);
    }

    private void giveUp(Key key, Left gone) {
        if (left.remove(key, gone)) {
            ended(gone);
            gone.kept.giveUp();
        }
    }

    private void ended(Left gone) {
        deliveries.addAndGet(-gone.size);
        gone.timer.cancel();
    }

    /** Takes out what a link has left; empty if there is nothing. */
    Optional<Kept> take(Key key) {
        Left found = left.remove(key);
        if (found == null) {
            return Optional.empty();
        }
        ended(found);
        return Optional.of(found.kept);
    }

    /** The session is over: what expires with it begins to. On its loop. */
    void sessionOver(Owner owner) {
        over(of -> of.session() == owner.session(), Keep.End.SESSION);
    }

    /** The connection is over: what expires with it begins to. On its loop. */
    void connectionOver(Object connection) {
        over(of -> of.connection() == connection, Keep.End.CONNECTION);
    }

    private void over(Predicate<Owner> whose, Keep.End end) {
        left.forEach((key, each) -> {
            if (whose.test(each.owner) && each.terms.expiresAt(end)) {
                long millis = each.terms.millis(end);
                if (millis <= 0) {
                    giveUp(key, each);
                } else {
                    expire(key, each, millis);
                }
            }
        });
    }
}
