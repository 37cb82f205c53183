package io.delos.queue;

import io.delos.journal.Census;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Says what is durable of all that a queue holds: for a checkpoint, and for who asks what keeps the journal's files alive. Owned by the queue's loop. */
final class Inventory {

    private final Queue queue;
    private final Storage storage;

    Inventory(Queue queue, Storage storage) {
        this.queue = queue;
        this.storage = storage;
    }

    /** What a snapshot says of one, and where it stands: what was due has no place yet, and comes first. */
    private record Place(long order, long position, int size, int mark) { }

    private static final Comparator<Place> AS_THEY_CAME = Comparator.comparingLong(Place::order).thenComparingLong(Place::position);

    private static final Comparator<Place> IN_ORDER = Comparator.comparingInt((Place place) -> place.mark() & 0xff)
            .thenComparingLong(place -> Math.max(-1, place.order())).thenComparingLong(Place::position);

    /** All that is durable, with what is handed out. */
    QueueSnapshot snapshot(EntryChain handed) {
        Window window = storage.window();
        Piece loading = storage.loading();
        Later later = storage.later();
        List<Place> waiting = new ArrayList<>();
        for (Entry entry = handed.head(); entry != null; entry = entry.next) {
            collect(entry, waiting);
        }
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            collect(entry, waiting);
        }
        for (int i = 0; loading != null && i < loading.count(); i++) {
            collect(loading.refs(), i, loading.order(i), waiting);
        }
        for (int i = 0; later.loading() != null && i < later.loading().count(); i++) {
            collect(later.loading(), i, queue.dueLast() && later.loading().failures(i) == 0 ? Long.MAX_VALUE : -1, waiting);
        }
        // in a queue that keeps all its entries in the window their orders go across priorities, and say which is the last of a value
        waiting.sort(queue.retention().whole() ? AS_THEY_CAME : IN_ORDER);
        Refs front = new Refs(waiting.size());
        waiting.forEach(place -> front.addMarked(place.position(), place.size(), place.mark(), null));
        List<SavedLane> lanes = new ArrayList<>(0);
        List<QueueSnapshot.Need> needs = new ArrayList<>(0);
        storage.backlog().save(front, lanes, needs);
        return new QueueSnapshot(front, later.schedule(), lanes, needs);
    }

    /** Tells of the same messages as {@link #snapshot}, then runs {@code answered}: at once, or on a worker when references had to be read. */
    void living(EntryChain handed, Census.Tally tally, Runnable answered) {
        Window window = storage.window();
        Piece loading = storage.loading();
        Later later = storage.later();
        for (Entry entry = handed.head(); entry != null; entry = entry.next) {
            tell(entry, tally);
        }
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            tell(entry, tally);
        }
        for (int i = 0; loading != null && i < loading.count(); i++) {
            tell(loading.refs(), i, tally);
        }
        for (int i = 0; later.loading() != null && i < later.loading().count(); i++) {
            tell(later.loading(), i, tally);
        }
        later.schedule().forEach((at, position, size, mark) -> tally.living(position, size));
        storage.backlog().living(tally, answered);
    }

    private static void tell(Entry entry, Census.Tally tally) {
        if (entry.durable()) {
            tally.living(entry.id, entry.size());
        }
    }

    /** Tells of one reference, if it leads into the journal. */
    static void tell(Refs refs, int i, Census.Tally tally) {
        if (refs.durable(i)) {
            tally.living(refs.position(i), refs.size(i));
        }
    }

    private static void collect(Entry entry, List<Place> into) {
        if (entry.durable()) {
            into.add(new Place(entry.order, entry.id, entry.size(), entry.mark()));
        }
    }

    private static void collect(Refs refs, int i, long order, List<Place> into) {
        if (refs.durable(i)) {
            into.add(new Place(order, refs.position(i), refs.size(i), refs.mark(i)));
        }
    }
}
