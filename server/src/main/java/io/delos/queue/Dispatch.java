package io.delos.queue;

import java.util.List;

/** Hands out what is in the window to who has credit for it, a bounded number each turn. Owned by the queue's loop. */
final class Dispatch {

    /** Entries that one turn hands out at most; the rest waits for the next turn. */
    private static final int TURN = 1024;
    /** Milliseconds after which consumers that hold too much are looked at again. */
    private static final long LOOK_AGAIN = 20;

    private final Queue queue;
    private final Dispatcher dispatcher;
    private final Handed handed;
    private final Browsing browsing;
    private final Seeker seeker;
    private final Recall recall;
    private Entry scan;
    private boolean posted;
    private boolean lookingAgain;
    private final Sharing sharing;
    /** Whether nothing leaves for being consumed. */
    private boolean shared;

    Dispatch(Queue queue, Dispatcher dispatcher, Handed handed, Browsing browsing, Seeker seeker) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.handed = handed;
        this.browsing = browsing;
        this.seeker = seeker;
        this.recall = new Recall(queue, this);
        this.sharing = new Sharing(queue, dispatcher);
    }

    /** Whether what is consumed stays, from now on. */
    void shared(boolean stays) {
        if (shared != stays) {
            shared = stays;
            dispatcher.all().forEach(Sharing::left);
        }
    }

    boolean isShared() {
        return shared;
    }

    Sharing sharing() {
        return sharing;
    }

    /** Sees to it that it becomes known when this entry of the window expires. */
    void recall(Entry entry) {
        recall.from(entry);
    }

    /** An entry has come into the window. */
    void noticed(Entry entry) {
        if (scan == null || Window.before(entry, scan)) {
            scan = entry;
        }
        soon();
    }

    /** Somebody may want what nobody wanted before. */
    void rescan() {
        scan = queue.storage().window().first();
        soon();
    }

    void soon() {
        if (!posted) {
            posted = true;
            queue.loop().post(this::turn);
        }
    }

    private void turn() {
        posted = false;
        run(TURN);
        browsing.serveAll();
    }

    /** Hands out at most so many now. */
    void run(int most) {
        if (!open()) {
            return;
        }
        if (shared) {
            sharing.serveAll();
        } else {
            handOut(most);
            sendBursts();
        }
        handed.depart(Departures.Cause.EXPIRED);
        queue.storage().refill();
        if (!shared && scan == null) {
            seeker.seek();
        }
        lookAgain();
    }

    /** Whether anything may be handed out now. */
    boolean open() {
        return !queue.paused() && !queue.closed() && dispatcher.open() && !queue.retention().gathering();
    }

    private void handOut(int most) {
        Window window = queue.storage().window();
        long now = queue.loop().now();
        int left = most;
        while (scan != null && dispatcher.anyReady()) {
            if (left-- == 0) {
                soon();
                break;
            }
            Entry entry = scan;
            if (entry.bare()) {
                recall.from(entry);
                break;
            }
            if (entry.message().expired(now)) {
                leave(entry);
                continue;
            }
            if (queue.storage().mustWait(entry)) {
                scan = window.after(entry);
                continue;
            }
            Consumer consumer = dispatcher.pick(entry, queue.storage().ahead(entry));
            if (consumer != null) {
                take(entry);
                handed.add(entry);
                dispatcher.hand(consumer, entry);
            } else if (dispatcher.mayTakeLater(entry)) {
                scan = window.after(entry);
                queue.storage().passed(entry);
            } else {
                break;
            }
        }
    }

    /** Who holds too much may go on when somebody, perhaps on another queue, has acknowledged. */
    private void lookAgain() {
        if (dispatcher.passedOver() && !lookingAgain) {
            lookingAgain = true;
            queue.loop().schedule(() -> {
                lookingAgain = false;
                rescan();
            }, LOOK_AGAIN);
        }
    }

    /** Whether messages of the window are being read that are next. */
    boolean recalling() {
        return recall.reading();
    }

    /** The message of an entry can't be read any more: its damage was reported. */
    void lost(Entry entry) {
        take(entry);
        queue.lost(entry.place(), entry.size());
    }

    /** Takes an entry out of the window and puts it among those that leave. */
    void leave(Entry entry) {
        take(entry);
        handed.leaving(entry);
    }

    /** Takes an entry out of the window. */
    void take(Entry entry) {
        if (entry == scan) {
            scan = queue.storage().window().after(entry);
        }
        queue.storage().remove(entry);
        queue.retention().went(entry);
    }

    /** All that waits has been taken out. */
    void nothingLeft() {
        scan = null;
        for (Consumer consumer : dispatcher.all()) {
            if (consumer.tail != null) {
                consumer.tail.purged();
            }
        }
    }

    private void sendBursts() {
        List<Consumer> all = dispatcher.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).hasBurst()) {
                all.get(i).sendBurst();
            }
        }
    }
}
