package io.delos.queue;

import io.delos.message.Message;
import java.util.List;

/**
 * Finds messages in the backlog for consumers that want only some. When nobody who is ready finds anything in the window and the window
 * has no room for more, it looks through the backlog a bounded number of messages at a time and brings what is wanted into the window; the
 * others stay where they are. Each consumer remembers how far it has looked; those who stand at one place look together. Owned by the
 * queue's loop.
 */
final class Seeker {

    private static final int LOOK_COUNT = 2048;
    private static final long LOOK_BYTES = 2 << 20;
    /** Messages that one look brings at most. */
    private static final int BRING = 256;

    private final Queue queue;
    private final Dispatcher dispatcher;
    private LaneCursor cursor;
    private boolean looking;

    Seeker(Queue queue, Dispatcher dispatcher) {
        this.queue = queue;
        this.dispatcher = dispatcher;
    }

    /** Whether it is looking and may still bring something for this one. */
    boolean lookingFor(Consumer consumer) {
        if (looking && consumer.selective()) {
            for (int level = 0; level < Window.LEVELS; level++) {
                if (behind(consumer, level)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean behind(Consumer consumer, int level) {
        Backlog backlog = queue.storage().backlog();
        return backlog.holds(level) && from(consumer, backlog.lane(level)) < backlog.lane(level).end();
    }

    private static long from(Consumer consumer, Lane lane) {
        return Math.max(consumer.seen(lane.level()), lane.head());
    }

    private boolean seeks(Consumer consumer) {
        return consumer.selective() && dispatcher.ready(consumer);
    }

    /** Looks further, if there is somebody to look for. */
    void seek() {
        Storage storage = queue.storage();
        if (looking || !dispatcher.selective() || storage.loading() != null || storage.overfull() || storage.backlog().isEmpty()) {
            return;
        }
        int candidates = dispatcher.candidates();
        for (int level = Window.LEVELS - 1; level >= 0; level--) {
            for (int i = 0; i < candidates; i++) {
                Consumer consumer = dispatcher.all().get(i);
                if (seeks(consumer) && behind(consumer, level)) {
                    Lane lane = storage.backlog().lane(level);
                    look(lane, from(consumer, lane));
                    return;
                }
            }
        }
    }

    private void look(Lane lane, long from) {
        looking = true;
        if (cursor == null || cursor.lane() != lane || cursor.at() != from || cursor.exhausted()) {
            cursor = new LaneCursor(lane, from, lane.end());
        }
        LaneCursor at = cursor;
        at.next(LOOK_COUNT, LOOK_BYTES, piece ->
                queue.storage().fetch(piece.refs(), messages -> looked(lane, from, Math.min(at.at(), lane.end()), piece, messages)));
    }

    private void looked(Lane lane, long from, long to, Piece piece, List<Message> messages) {
        looking = false;
        if (queue.closed()) {
            return;
        }
        int brought = 0;
        int most = wantedNow();
        int next = 0;
        long seen = to;
        for (int i = 0; i < piece.count(); i++) {
            if (brought == most) {
                seen = piece.order(i);
                break;
            }
            Message message = piece.refs().kept(i) != null ? piece.refs().kept(i) : messages.get(next++);
            if (message != null && wanted(lane, piece.order(i), piece.refs().position(i), message)
                    && bring(lane, piece, i, message)) {
                brought++;
            }
        }
        for (int i = 0; i < dispatcher.candidates(); i++) {
            Consumer consumer = dispatcher.all().get(i);
            if (seeks(consumer) && from(consumer, lane) >= from && consumer.seen(lane.level()) < seen) {
                consumer.seen(lane.level(), seen);
            }
        }
        queue.counters().backlog(queue.storage().backlog().count());
        queue.storage().runAfterLoad();
        handOut(lane, from);
    }

    /** What is in the window from there on may be handed out now that somebody has looked at what comes before it; that ends with looking on. */
    private void handOut(Lane lane, long from) {
        Entry first = queue.storage().window().level(lane.level()).firstFrom(from);
        if (first != null) {
            queue.noticed(first);
        } else {
            seek();
        }
    }

    private boolean bring(Lane lane, Piece piece, int i, Message message) {
        Refs now = lane.take(piece.order(i), piece.refs(), i);
        if (now != null) {
            queue.storage().arrived(now, 0, message, piece.order(i));
        }
        return now != null;
    }

    /** How many messages those who seek have credit for, if that is few. */
    private int wantedNow() {
        long credit = 0;
        for (int i = 0; i < dispatcher.candidates(); i++) {
            Consumer consumer = dispatcher.all().get(i);
            credit += seeks(consumer) ? Math.min(BRING, consumer.credit()) : 0;
        }
        return (int) Math.min(BRING, credit);
    }

    private boolean wanted(Lane lane, long order, long position, Message message) {
        if (message.expired(queue.loop().now())) {
            return true;
        }
        for (int i = 0; i < dispatcher.candidates(); i++) {
            Consumer consumer = dispatcher.all().get(i);
            if (seeks(consumer) && consumer.seen(lane.level()) <= order && consumer.wants(position, message)) {
                return true;
            }
        }
        return false;
    }

    /** This has just been put to the end of its lane: who has looked at everything before it looks at it while it is in memory. */
    void arrived(Message message, long position) {
        if (!dispatcher.selective()) {
            return;
        }
        Lane lane = queue.storage().backlog().lane(message.priority());
        long order = lane.end() - 1;
        boolean wanted = false;
        boolean waiting = false;
        for (int i = 0; i < dispatcher.candidates(); i++) {
            Consumer consumer = dispatcher.all().get(i);
            if (!seeks(consumer)) {
                continue;
            }
            if (from(consumer, lane) < order) {
                waiting = true;
            } else {
                wanted |= consumer.wants(position, message);
                consumer.seen(lane.level(), order + 1);
            }
        }
        if (wanted) {
            Piece piece = new Piece();
            Chunk chunk = lane.at(order);
            piece.add(chunk.refs(), (int) (order - chunk.order()), order);
            bring(lane, piece, 0, message);
        } else if (waiting && !looking) {
            queue.dispatchSoon();
        }
    }
}
