package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Transaction;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.store.Shelf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The retained messages: one for each topic, on the broker's shelf under its name, so they are in the journal and not in memory. The value is
 * the expiry and the timestamp (8 bytes each, milliseconds since the epoch), and the stored message. Any thread.
 */
final class Retained {

    private static final Logger LOG = LogManager.getLogger(Retained.class);
    private static final int HEAD = 16;
    private static final byte[] NOTHING = {};
    /** Steps of the grid, from when a message is retained to when it expires. */
    private static final long GRID = 16;
    private static final long FINEST = 128;

    private final Broker broker;

    Retained(Broker broker) {
        this.broker = broker;
    }

    /** A retained message as it was found. */
    record Found(Shelf.Spot spot, byte[] value) {

        String topic() {
            return spot.key().substring(Keys.RETAINED.length());
        }

        private long expiration() {
            return ByteBuffer.wrap(value).getLong(0);
        }

        private boolean expired(long now) {
            return expiration() != 0 && expiration() <= now;
        }

        /** The copy for a subscription's queue. */
        Message copyTo(String address) {
            Publication stored = Publication.of(Arrays.copyOfRange(value, HEAD, value.length));
            return Message.of(MessageFormat.MQTT, stored.copyFor(topic())).address(address).durable(stored.qos() > 0).priority(0)
                    .expiration(expiration()).timestamp(ByteBuffer.wrap(value).getLong(8)).build();
        }
    }

    /** Retains the message for its topic, or with an empty payload forgets the one there was, when the transaction commits. */
    static void retain(Transaction transaction, String topic, Message message) {
        byte[] stored = message.bytes();
        if (Publication.of(stored).payloadLength() == 0) {
            transaction.unshelve(Keys.retained(topic));
        } else {
            ByteBuffer value = ByteBuffer.allocate(HEAD + stored.length);
            value.putLong(message.expiration()).putLong(message.timestamp()).put(stored);
            transaction.shelve(Keys.retained(topic), value.array());
            if (message.expiration() != 0) {
                transaction.shelve(Keys.due(due(message.expiration(), System.currentTimeMillis()), topic), NOTHING);
            }
        }
    }

    /**
     * When to look whether a message has expired: a little later, on a grid, so that a topic whose message is replaced all the time has few entries
     * that have become pointless.
     */
    static long due(long expiration, long now) {
        long grid = Math.max(FINEST, Long.highestOneBit(Math.max(1, expiration - now) / GRID));
        return (expiration / grid + 1) * grid;
    }

    /**
     * Forgets some of those that have expired, fewer than {@code most}; blocks, so not for a loop. Only those are looked at for which it is time.
     *
     * @return whether there may be more, when what was forgotten here is durable
     * @throws IOException while the disk can't be read
     */
    boolean forgetExpired(int most) throws IOException {
        long now = System.currentTimeMillis();
        List<Shelf.Spot> due = new ArrayList<>();
        List<Shelf.Spot> wanted = new ArrayList<>();
        Shelf.Walk walk = broker.shelf().from(Keys.DUE);
        Optional<Shelf.Spot> here;
        while (due.size() < most && (here = walk.spot()).isPresent() && here.get().key().startsWith(Keys.DUE)
                && Keys.dueTime(here.get().key()) <= now) {
            due.add(here.get());
            broker.shelf().find(Keys.retained(Keys.dueTopic(here.get().key()))).ifPresent(wanted::add);
            walk.next();
        }
        read(wanted);
        due.forEach(broker::unshelve);
        return due.size() == most;
    }

    /** Whether a filter may match any: what can be told at once. */
    boolean possible(TopicFilter filter) {
        return filter.wild() || broker.shelf().find(Keys.retained(filter.filter())).isPresent();
    }

    /** The way through those that match. One thread. */
    final class Matching {
        private final TopicFilter filter;
        private final FilterSearch search;
        private final Shelf.Walk walk;

        private Matching(TopicFilter filter) {
            this.filter = filter;
            this.search = new FilterSearch(filter);
            this.walk = broker.shelf().from(Keys.RETAINED + search.start());
        }

        /** The next few, of about so many bytes together; none when there are no more. With a wildcard this may look at many: not for a loop. */
        List<Shelf.Spot> next(int most, long bytes) {
            List<Shelf.Spot> found = new ArrayList<>();
            long left = bytes;
            Optional<Shelf.Spot> here;
            while (found.size() < most && left > 0 && (here = walk.spot()).isPresent() && here.get().key().startsWith(Keys.RETAINED)) {
                String topic = here.get().key().substring(Keys.RETAINED.length());
                if (filter.matches(topic)) {
                    found.add(here.get());
                    left -= here.get().size();
                    walk.next();
                } else {
                    walk.skipTo(search.further(topic).map(further -> Keys.RETAINED + further).orElse(Keys.BEHIND_RETAINED));
                }
            }
            return found;
        }
    }

    /** Begins to look for those that a filter matches. */
    Matching matching(TopicFilter filter) {
        return new Matching(filter);
    }

    /**
     * Reads them; blocks, so not for a loop. What has expired is forgotten, what is damaged left out.
     *
     * @throws IOException while the disk can't be read
     */
    List<Found> read(List<Shelf.Spot> spots) throws IOException {
        long now = System.currentTimeMillis();
        List<Found> found = new ArrayList<>(spots.size());
        broker.shelf().read(spots, (spot, value) -> {
            Found one = new Found(spot, value);
            if (value.length < HEAD) {
                LOG.error("The retained message of topic {} is damaged, and left out", one.topic());
            } else if (one.expired(now)) {
                broker.unshelve(spot);
            } else {
                found.add(one);
            }
        });
        return found;
    }

    /** Where those are that were replaced since. */
    List<Shelf.Spot> changed(List<Found> earlier) {
        List<Shelf.Spot> changed = new ArrayList<>();
        for (Found each : earlier) {
            broker.shelf().find(each.spot().key()).filter(now -> now.position() != each.spot().position()).ifPresent(changed::add);
        }
        return changed;
    }

    /** The copies of these for a queue, named with its address. */
    static List<Message> copies(List<Found> found, String queue) {
        List<Message> copies = new ArrayList<>(found.size());
        for (Found each : found) {
            try {
                copies.add(each.copyTo(queue));
            } catch (MalformedMessageException damaged) {
                LOG.warn("The retained message of topic {} is left out: {}", each.topic(), damaged.getMessage());
            }
        }
        return copies;
    }
}
