package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Finds the messages of what is handed out once more, in memory or on the disk; nothing else of them changes. On the queue's loop. */
final class Rereading {

    private Rereading() { }

    /** Tells {@code then}, on the queue's loop, the messages in the order of the deliveries; null for one that can't be read. */
    static void of(Queue queue, List<Delivery> handedOut, Consumer<List<Message>> then) {
        List<Message> messages = new ArrayList<>(handedOut.size());
        List<Entry> bare = new ArrayList<>(0);
        for (Delivery delivery : handedOut) {
            boolean there = !delivery.gone();
            messages.add(there && !delivery.entry.bare() ? delivery.entry.message() : null);
            if (there && delivery.entry.bare()) {
                bare.add(delivery.entry);
            }
        }
        if (bare.isEmpty()) {
            then.accept(messages);
            return;
        }
        queue.storage().fetch(Recall.refs(bare), fetched -> {
            Iterator<Message> read = fetched.iterator();
            Iterator<Entry> wanted = bare.iterator();
            Entry next = wanted.next();
            for (int i = 0; i < messages.size() && next != null; i++) {
                if (handedOut.get(i).entry == next) {
                    messages.set(i, read.next());
                    next = wanted.hasNext() ? wanted.next() : null;
                }
            }
            then.accept(messages);
        });
    }
}
