package io.delos.queue;

import io.delos.message.Message;
import java.util.List;

/**
 * Finds what is over: in the window, and in the backlog, where only references are, chunk after chunk of those in which something may be, reading
 * a bounded number of messages at a time and only those that expire at all. It goes on when what it found has left. Owned by the queue's loop.
 */
final class ExpiryScan {

    private static final int LOOK_COUNT = 512;
    private static final long LOOK_BYTES = 512 << 10;
    /** Messages that may be on their way out while it goes on. */
    private static final int MOST_LEAVING = 2048;

    private final Queue queue;
    private final Dispatch dispatch;
    private int level = -1;
    private long at;
    private long now;
    private boolean working;
    private int leaving;

    ExpiryScan(Queue queue, Dispatch dispatch) {
        this.queue = queue;
        this.dispatch = dispatch;
    }

    /** Lets go what is over in the window, and begins with the rest, unless it is still on its way. */
    void begin(long time) {
        Window window = queue.storage().window();
        Entry entry = window.first();
        while (entry != null) {
            Entry next = window.after(entry);
            if (entry.expired(time)) {
                queue.leave(entry);
            } else if (entry.expiration() == Entry.UNKNOWN) {
                dispatch.recall(entry);
            }
            entry = next;
        }
        queue.handed().depart(Departures.Cause.EXPIRED);
        if (level < 0 && !queue.storage().backlog().isEmpty()) {
            now = time;
            level = Window.LEVELS - 1;
            at = Long.MIN_VALUE;
            goOn();
        }
    }

    /** So many of those that it found, or of others that expired, have left. */
    void left(int count) {
        leaving = Math.max(0, leaving - count);
        goOn();
    }

    private void goOn() {
        while (!working && level >= 0 && leaving < MOST_LEAVING) {
            Backlog backlog = queue.storage().backlog();
            Chunk chunk = backlog.holds(level) ? backlog.lane(level).at(at) : null;
            if (queue.closed()) {
                level = -1;
            } else if (chunk == null) {
                level--;
                at = Long.MIN_VALUE;
            } else {
                at = chunk.end();
                if (chunk.soonest() <= now) {
                    long end = chunk.end();
                    chunk.forgetSoonest();
                    look(chunk, new LaneCursor(backlog.lane(level), chunk.order(), end));
                }
            }
        }
    }

    /** Looks at the rest of a chunk. */
    private void look(Chunk chunk, LaneCursor cursor) {
        working = true;
        cursor.next(LOOK_COUNT, LOOK_BYTES, piece -> {
            Piece some = new Piece();
            for (int i = 0; i < piece.count(); i++) {
                if (!piece.refs().lasts(i)) {
                    some.add(piece.refs(), i, piece.order(i));
                }
            }
            if (some.count() == 0) {
                looked(chunk, cursor);
            } else {
                queue.storage().fetch(some.refs(), messages -> {
                    found(chunk, cursor.lane(), some, messages);
                    looked(chunk, cursor);
                });
            }
        });
    }

    private void looked(Chunk chunk, LaneCursor cursor) {
        working = false;
        if (queue.closed() || cursor.exhausted()) {
            goOn();
        } else {
            look(chunk, cursor);
        }
    }

    private void found(Chunk chunk, Lane lane, Piece piece, List<Message> messages) {
        int next = 0;
        for (int i = 0; i < piece.count() && !queue.closed(); i++) {
            Message message = piece.refs().kept(i) != null ? piece.refs().kept(i) : messages.get(next++);
            if (message == null || message.expiration() == 0) {
                continue;
            }
            Refs taken = message.expired(now) ? lane.take(piece.order(i), piece.refs(), i) : null;
            if (taken != null) {
                leaving++;
                queue.leave(queue.storage().arrived(taken, 0, message, piece.order(i)));
            } else {
                chunk.expires(message.expiration());
            }
        }
        queue.counters().backlog(queue.storage().backlog().count());
        queue.handed().depart(Departures.Cause.EXPIRED);
    }
}
