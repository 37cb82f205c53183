package io.delos.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Those who only look. Each walks once over what waits when it comes, at the pace of its credit: first the window, then the
 * backlog, a bounded number at a time, whose messages are read for it alone. Owned by the queue's loop.
 */
final class Browsing {

    private final Queue queue;
    private final List<Consumer> browsers = new ArrayList<>();

    Browsing(Queue queue) {
        this.queue = queue;
    }

    void attach(Consumer consumer) {
        consumer.cursor = new BrowseCursor(queue.storage(), queue);
        browsers.add(consumer);
        serve(consumer);
    }

    void detach(Consumer consumer) {
        browsers.remove(consumer);
    }

    void serveAll() {
        for (int i = 0; i < browsers.size(); i++) {
            serve(browsers.get(i));
        }
    }

    void serve(Consumer consumer) {
        if (consumer.cursor == null) {
            return;
        }
        BrowseCursor cursor = consumer.cursor;
        while (consumer.ready() && cursor.hasLoaded()) {
            Entry entry = cursor.next();
            if (!cursor.stale(entry) && consumer.wants(entry)) {
                consumer.hand(queue, entry, entry.message());
            }
        }
        if (consumer.hasBurst()) {
            consumer.sendBurst();
        }
        if (consumer.ready() && cursor.canLoad()) {
            load(consumer, cursor);
        }
        if (cursor.exhausted() || !consumer.hasCredit()) {
            cursor.runWaiting();
        }
    }

    private void load(Consumer consumer, BrowseCursor cursor) {
        cursor.load(() -> {
            if (browsers.contains(consumer)) {
                serve(consumer);
            }
        });
    }

    /** Runs {@code then} when it has seen all there is, or has no credit to see more. */
    void whenCaughtUp(Consumer consumer, Runnable then) {
        if (consumer.cursor == null) {
            then.run();
            return;
        }
        consumer.cursor.waiting(then);
        serve(consumer);
    }

    void closeAll(String sentence) {
        browsers.forEach(consumer -> consumer.queueGone(sentence));
        browsers.clear();
    }
}
