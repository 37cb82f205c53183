package io.delos.queue;

import io.delos.message.Message;
import io.delos.store.ColdMessages;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A stretch of consecutive references of one priority, in slots. It is filled, then perhaps written to a run, and its references leave the
 * memory until they are wanted. Slots are taken from the head or, leaving holes, from anywhere. What is left is counted at all times.
 * Owned by the queue's loop.
 */
final class Chunk {

    private static final long UNWRITTEN = -1;
    private static final int STAGED = 1;
    private static final int LASTS = 2;

    private long order;
    private final int limit;
    private Refs refs;
    private int slots;
    private int next;
    private BitSet gone = new BitSet(0);
    private int count;
    private long bytes;
    private int durable;
    private long durableBytes;
    private long first = Long.MAX_VALUE;
    private long last = -1;
    private long entry = UNWRITTEN;
    private Lives lives;
    private boolean staged;
    /** Whether none of its messages ever expires. */
    private boolean lasts = true;
    /** Before this none of its messages expires, in milliseconds since the epoch. */
    private long soonest = Long.MAX_VALUE;
    private boolean cleared;
    /** Slots of messages that the journal never had. */
    private BitSet fleeting = new BitSet(0);
    private Trace trace = new Trace();
    private Map<Long, Integer> failures = Map.of();

    /** {@code order}: that of its first slot among all of its priority. {@code limit}: slots at most. */
    Chunk(long order, int limit) {
        this.order = order;
        this.limit = limit;
        this.refs = new Refs(2);
    }

    private Chunk(int slots, long entry) {
        this.limit = slots;
        this.slots = slots;
        this.entry = entry;
    }

    long order() {
        return order;
    }

    /** At start: gives it its place. */
    void order(long given) {
        order = given;
    }

    /** The order of the first that may be left. */
    long head() {
        while (next < slots && gone.get(next)) {
            passGone();
        }
        return order + next;
    }

    private void passGone() {
        if (!fleeting.get(next++)) {
            trace.passedOne();
        }
    }

    /** The order of what comes behind it. */
    long end() {
        return order + slots;
    }

    boolean full() {
        return slots == limit;
    }

    /** References left. */
    int count() {
        return count;
    }

    /** What the messages left weigh. */
    long bytes() {
        return bytes;
    }

    int durableCount() {
        return durable;
    }

    /** What the durable ones of the messages left weigh. */
    long durableBytes() {
        return durableBytes;
    }

    int slots() {
        return slots;
    }

    /** Whether its references are in memory. */
    boolean loaded() {
        return refs != null;
    }

    /** Null while they are on disk only. */
    Refs refs() {
        return refs;
    }

    boolean written() {
        return entry != UNWRITTEN;
    }

    /** The number of its first slot in the run. */
    long entry() {
        return entry;
    }

    /** The least position of a durable message it was filled with; meaningless without one. */
    long firstPosition() {
        return first;
    }

    long lastPosition() {
        return last;
    }

    /** Fills the next slot; returns its number. When the message expires is not known, unless its mark says that it never does. */
    int add(long position, int size, int mark, Message kept) {
        return add(position, size, mark, kept, 0);
    }

    /** As above, with a message that expires then if it does. */
    int add(long position, int size, int mark, Message kept, long expiration) {
        refs.addMarked(position, size, mark, kept);
        staged |= (mark & Refs.STAGED) != 0;
        if ((mark & Refs.LASTS) == 0) {
            lasts = false;
            expires(expiration);
        }
        count++;
        bytes += size;
        if (kept == null && !ColdMessages.spilled(position)) {
            durable++;
            durableBytes += size;
            first = Math.min(first, position);
            last = Math.max(last, position);
            trace.entered(position, (mark & Refs.STAGED) != 0);
        } else {
            fleeting.set(slots);
        }
        return slots++;
    }

    /** Whether what was put into this slot is still here. */
    boolean has(int slot) {
        return !cleared && had(slot);
    }

    /** Whether what was put into this slot was still here when all that was left was taken. */
    boolean had(int slot) {
        return slot >= next && slot < slots && !gone.get(slot);
    }

    /** As it is now, for a worker; the references must be on disk only. */
    ChunkOnDisk onDisk(ChunkOnDisk.Home home) {
        BitSet left = new BitSet(slots);
        left.set(next, slots);
        left.andNot(gone);
        left.andNot(fleeting);
        return new ChunkOnDisk(home, entry, slots, left, trace.copy(), lives.bases(ColdMessages.SPILLED));
    }

    /** Before this none of its messages expires, in milliseconds since the epoch. */
    long soonest() {
        return soonest;
    }

    /** One of its messages expires then. */
    void expires(long at) {
        soonest = Math.min(soonest, at);
    }

    /** All that is here is about to be looked at, and tells again when it expires. */
    void forgetSoonest() {
        soonest = Long.MAX_VALUE;
    }

    /** Whether some of its messages came with large transactions. */
    boolean staged() {
        return staged;
    }

    /** The kept message of a slot now lies at a position; false if it has moved on meanwhile. */
    boolean place(int slot, long position) {
        if (!has(slot)) {
            return false;
        }
        refs.place(slot, position);
        return true;
    }

    /** Moves references from the head to {@code into}, until that has {@code max} or more than {@code most} bytes went; returns the bytes that went. */
    long take(Piece into, int max, long most) {
        long went = 0;
        while (next < slots && into.count() < max && (went < most || into.count() == 0)) {
            int slot = next;
            if (gone.get(slot)) {
                passGone();
                continue;
            }
            into.add(refs, slot, order + slot);
            went += refs.size(slot);
            left(refs, slot);
            if (refs.durable(slot)) {
                trace.taken(refs.position(slot));
            }
            refs.forget(slot);
            next++;
        }
        return went;
    }

    /** Takes the one in this slot, whose reference is {@code i} of {@code from}. */
    void take(int slot, Refs from, int i) {
        left(from, i);
        if (from.durable(i)) {
            trace.departed(from.position(i));
        }
        gone.set(slot);
        if (refs != null) {
            refs.forget(slot);
        }
    }

    private void left(Refs from, int i) {
        count--;
        bytes -= from.size(i);
        if (from.durable(i)) {
            durable--;
            durableBytes -= from.size(i);
        }
        if (lives != null) {
            lives.remove(from.position(i));
        }
    }

    /** Takes all that is left. */
    void clear() {
        cleared = true;
        count = 0;
        bytes = 0;
        durable = 0;
        durableBytes = 0;
    }

    /** It lies in a run now, from this entry on. */
    void written(long at, ColdMessages cold) {
        entry = at;
        lives = new Lives();
        for (int slot = next; slot < slots; slot++) {
            if (!gone.get(slot)) {
                lives.add(cold.segment(refs.position(slot)), 1);
                if (refs.failures(slot) > 0) {
                    failed(refs.position(slot), refs.failures(slot));
                }
            }
        }
    }

    /** Which files what is left leads to; of a written one only. */
    Lives lives() {
        return lives;
    }

    /** Finds it in the journal again. */
    Trace trace() {
        return trace;
    }

    /** Lets the references go; it must be written. */
    void unload() {
        refs = null;
    }

    /** Takes the references in again. */
    void load(Refs read) {
        correct(read);
        refs = read;
    }

    /** Makes references that were read from the run, or found in the journal, say what is known better now. */
    void correct(Refs read) {
        for (int slot = next; slot < slots && !failures.isEmpty(); slot++) {
            if (has(slot)) {
                read.failures(slot, failures.getOrDefault(read.position(slot), read.failures(slot)));
            }
        }
    }

    /** What is lost of it, given all its references; usually nothing. That is gone then. */
    Lost lose(Refs read) {
        Lost lost = new Lost();
        for (int slot = next; slot < slots; slot++) {
            if (has(slot) && read.missing(slot)) {
                gone.set(slot);
                lost.count++;
            }
        }
        if (lost.count > 0) {
            recount(read, lost);
        }
        return lost;
    }

    private void recount(Refs read, Lost lost) {
        lost.bytes = bytes;
        lost.durable = durable;
        lost.durableBytes = durableBytes;
        count = 0;
        bytes = 0;
        durable = 0;
        durableBytes = 0;
        long sum = 0;
        Lives now = lives.emptied();
        for (int slot = next; slot < slots; slot++) {
            if (has(slot)) {
                count++;
                bytes += read.size(slot);
                now.found(read.position(slot));
                if (read.durable(slot)) {
                    durable++;
                    durableBytes += read.size(slot);
                    sum += Trace.mix(read.position(slot));
                }
            }
        }
        lost.bytes -= bytes;
        lost.durable -= durable;
        lost.durableBytes -= durableBytes;
        lost.lives = lives.without(now);
        lives = now;
        trace.only(sum);
    }

    /** What is lost of a chunk: how many, their bytes, how many of them durable and the bytes of those, and what they kept alive. */
    static final class Lost {
        int count;
        long bytes;
        int durable;
        long durableBytes;
        Lives lives = new Lives();
    }

    /** Delivery of one of the messages has failed so often, whatever its entry in the run says. */
    void failed(long position, int times) {
        if (failures.isEmpty()) {
            failures = new HashMap<>();
        }
        failures.put(position, times);
    }

    /** Bytes {@link #write} needs at most. */
    int encodedSize() {
        return 8 + 4 * 4 + 3 * 8 + lives.encodedSize() + 4 + (gone.length() + 63) / 64 * 8 + 4 + (fleeting.length() + 63) / 64 * 8
                + 4 + failures.size() * 12 + trace.encodedSize();
    }

    /**
     * Writes: first entry i64, slots, taken from the head and left i32 each; flags i32: 1 if some came
     * with large transactions, 2 if none ever expires; bytes left, least and greatest position i64 each; files; holes
     * and slots that never held a durable message (count i32, words i64 each); failures (count i32, position i64 and number i32 each);
     * trace. Only durable messages count.
     */
    void write(ByteBuffer out) {
        out.putLong(entry).putInt(slots).putInt(next).putInt(durable).putInt((staged ? STAGED : 0) | (lasts ? LASTS : 0));
        out.putLong(durableBytes).putLong(first).putLong(last);
        lives.write(out, ColdMessages.SPILLED);
        BitWords.write(gone, out);
        BitWords.write(fleeting, out);
        out.putInt(failures.size());
        failures.forEach((position, times) -> out.putLong(position).putInt(times));
        trace.write(out);
    }

    /** What an earlier process wrote. */
    static Chunk read(ByteBuffer in) {
        long entry = in.getLong();
        Chunk chunk = new Chunk(in.getInt(), entry);
        chunk.next = in.getInt();
        chunk.durable = in.getInt();
        int flags = in.getInt();
        chunk.staged = (flags & STAGED) != 0;
        chunk.lasts = (flags & LASTS) != 0;
        chunk.soonest = chunk.lasts ? Long.MAX_VALUE : 0;
        chunk.durableBytes = in.getLong();
        chunk.first = in.getLong();
        chunk.last = in.getLong();
        chunk.count = chunk.durable;
        chunk.bytes = chunk.durableBytes;
        chunk.lives = Lives.read(in);
        chunk.gone = BitWords.read(in);
        chunk.fleeting = BitWords.read(in);
        chunk.gone.or(chunk.fleeting);
        for (int left = in.getInt(); left > 0; left--) {
            chunk.failed(in.getLong(), in.getInt());
        }
        chunk.trace = Trace.read(in);
        return chunk;
    }
}
