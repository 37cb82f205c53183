package io.delos.store;

import io.delos.message.LargeBody;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Which messages refer to which body's file, and in which queues they still are: as the journal's facts say, one after the other. Owned by
 * the journal thread, while a broker starts by the starting one. Some hundred bytes for each large message.
 */
public final class BodyRefs {

    /**
     * A message that refers to a file; immutable.
     *
     * @param transaction the undecided one it is part of, or 0
     * @param staged      whether it came with a large transaction, so that purges name it
     * @param lasting     whether it survives a restart
     * @param queues      the ids of those it is in
     */
    private record Ref(LargeBody body, long transaction, boolean staged, boolean lasting, long[] queues) {

        Ref committed() {
            return new Ref(body, 0, staged, lasting, queues);
        }

        boolean in(long queue) {
            return Arrays.stream(queues).anyMatch(id -> id == queue);
        }

        Ref without(long queue) {
            return new Ref(body, transaction, staged, lasting, Arrays.stream(queues).filter(id -> id != queue).toArray());
        }
    }

    /** What has left queues, if a transaction commits. */
    private record Ended(long transaction, long queue, long position) { }

    private final TreeMap<Long, Ref> refs = new TreeMap<>();
    private final Map<Long, List<Ended>> ended = new HashMap<>();
    private LongConsumer pin = file -> { };
    private LongConsumer unpin = file -> { };

    /** Whoever is told from now on of files that messages refer to, once for each message, and of those they refer to no more. */
    void tell(LongConsumer pinning, LongConsumer unpinning) {
        pin = pinning;
        unpin = unpinning;
        refs.values().forEach(ref -> pin.accept(ref.body.file()));
    }

    /** A fact is true, and lies here. */
    public void noted(Fact fact, long position) {
        if (fact instanceof Fact.Enqueued enqueued) {
            entered(position, enqueued, 0);
        } else if (fact instanceof Staging.Sent sent) {
            entered(position, sent.what(), sent.transaction());
        } else if (!refs.isEmpty()) {
            left(fact);
        }
    }

    private void entered(long position, Fact.Enqueued fact, long transaction) {
        if (fact.message().large() && fact.queues().length > 0) {
            Ref before = refs.put(position, new Ref(fact.message().body(), transaction, transaction != 0, fact.message().durable(), fact.queues()));
            pin.accept(fact.message().body().file());
            if (before != null) {
                unpin.accept(before.body.file());
            }
        }
    }

    private void left(Fact fact) {
        if (fact instanceof Fact.Settled settled) {
            for (long position : settled.positions()) {
                left(settled.queue(), position);
            }
        } else if (fact instanceof Fact.Purged purged) {
            List<Long> range = new ArrayList<>(refs.subMap(purged.from(), true, purged.upTo(), true).keySet());
            range.removeIf(position -> refs.get(position).staged || !purged.covers(position));
            range.forEach(position -> left(purged.queue(), position));
        } else if (fact instanceof Fact.QueueGone gone) {
            List.copyOf(refs.keySet()).forEach(position -> left(gone.id(), position));
        } else if (fact instanceof Staging.Ended staged) {
            for (long position : staged.what().positions()) {
                if (refs.containsKey(position)) {
                    ended.computeIfAbsent(staged.transaction(), t -> new ArrayList<>(1))
                            .add(new Ended(staged.transaction(), staged.what().queue(), position));
                }
            }
        } else if (fact instanceof Staging.Decided decided) {
            decided(decided.transaction(), decided.committed());
        }
    }

    private void left(long queue, long position) {
        Ref ref = refs.get(position);
        if (ref == null || !ref.in(queue)) {
            return;
        }
        Ref less = ref.without(queue);
        if (less.queues.length == 0) {
            remove(position);
        } else {
            refs.put(position, less);
        }
    }

    private void remove(long position) {
        unpin.accept(refs.remove(position).body.file());
    }

    private void decided(long transaction, boolean committed) {
        for (Map.Entry<Long, Ref> each : List.copyOf(refs.entrySet())) {
            if (each.getValue().transaction == transaction) {
                if (committed) {
                    refs.put(each.getKey(), each.getValue().committed());
                } else {
                    remove(each.getKey());
                }
            }
        }
        List<Ended> ends = ended.remove(transaction);
        if (committed && ends != null) {
            ends.forEach(end -> left(end.queue, end.position));
        }
    }

    /** Is told of a message that is not to survive a restart. */
    public interface Gone {

        /** It was in a queue: the queue's id and the message's position. */
        void left(long queue, long position);

        /** It was to come with a transaction that is still undecided. */
        void neverComes(long position);
    }

    /**
     * A broker starts: what belongs to transactions that are not open any more, or to queues that are not there, never was; messages that were
     * not to survive are taken out of their queues, and of transactions: their bodies were never synced.
     */
    public void afterRestart(Set<Long> openTransactions, Set<Long> queues, Gone told) {
        for (Map.Entry<Long, Ref> each : List.copyOf(refs.entrySet())) {
            Ref ref = each.getValue();
            long position = each.getKey();
            if (ref.transaction != 0 && !openTransactions.contains(ref.transaction)) {
                remove(position);
                continue;
            }
            if (ref.transaction != 0 && !ref.lasting) {
                told.neverComes(position);
                remove(position);
                continue;
            }
            for (long queue : ref.queues) {
                if (!queues.contains(queue)) {
                    left(queue, position);
                } else if (!ref.lasting) {
                    told.left(queue, position);
                    left(queue, position);
                }
            }
        }
        ended.keySet().retainAll(openTransactions);
    }

    /** Tells of each file that a message refers to; of some more than once. */
    public void forEach(Consumer<LargeBody> look) {
        refs.values().forEach(ref -> look.accept(ref.body));
    }

    /** As it is now, for another thread to write into a checkpoint. */
    public Saved saved() {
        List<Ended> ends = new ArrayList<>();
        ended.values().forEach(ends::addAll);
        return new Saved(refs.isEmpty() ? new TreeMap<>() : new TreeMap<>(refs), ends);
    }

    /** What a checkpoint says of it; immutable. */
    public static final class Saved {
        private final TreeMap<Long, Ref> refs;
        private final List<Ended> ended;

        private Saved(TreeMap<Long, Ref> refs, List<Ended> ended) {
            this.refs = refs;
            this.ended = ended;
        }

        /** Whether there is nothing to say. */
        public boolean isEmpty() {
            return refs.isEmpty();
        }

        /** Writes it; the layout is in {@code docs/journal-format.md}. */
        public void write(OutputStream section) throws IOException {
            DataOutputStream out = new DataOutputStream(section);
            out.writeInt(refs.size());
            for (Map.Entry<Long, Ref> each : refs.entrySet()) {
                Ref ref = each.getValue();
                out.writeLong(each.getKey());
                out.writeLong(ref.body.file());
                out.writeLong(ref.body.length());
                out.writeLong(ref.transaction);
                out.writeByte((ref.staged ? 1 : 0) | (ref.lasting ? 0 : 2));
                out.writeInt(ref.queues.length);
                for (long queue : ref.queues) {
                    out.writeLong(queue);
                }
            }
            out.writeInt(ended.size());
            for (Ended end : ended) {
                out.writeLong(end.transaction);
                out.writeLong(end.queue);
                out.writeLong(end.position);
            }
            out.flush();
        }
    }

    /** Reads what {@link Saved#write} wrote. */
    public void read(InputStream section) throws IOException {
        DataInputStream in = new DataInputStream(section);
        for (int count = in.readInt(); count > 0; count--) {
            long position = in.readLong();
            LargeBody body = new LargeBody(in.readLong(), in.readLong());
            long transaction = in.readLong();
            int flags = in.readByte();
            long[] queues = new long[in.readInt()];
            for (int i = 0; i < queues.length; i++) {
                queues[i] = in.readLong();
            }
            refs.put(position, new Ref(body, transaction, (flags & 1) != 0, (flags & 2) == 0, queues));
        }
        for (int count = in.readInt(); count > 0; count--) {
            Ended end = new Ended(in.readLong(), in.readLong(), in.readLong());
            ended.computeIfAbsent(end.transaction, t -> new ArrayList<>(1)).add(end);
        }
    }
}
