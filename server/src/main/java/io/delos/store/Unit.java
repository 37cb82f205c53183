package io.delos.store;

import io.delos.journal.Append;
import io.delos.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Facts that become true together, and who is to be told then. Made on its owner's loop; between {@link Store#write} and its completion it
 * belongs to the journal thread. A unit of no facts only keeps its place in the order of things.
 */
public abstract class Unit extends Append {

    private final List<? extends Fact> facts;
    private long[] positions = NONE;
    private Store store;

    private static final long[] NONE = new long[0];

    protected Unit(List<? extends Fact> facts) {
        this.facts = facts;
    }

    void enter(Store target) {
        store = target;
        positions = facts.isEmpty() ? NONE : new long[facts.size()];
        for (int i = 0; i < positions.length; i++) {
            target.entering(facts.get(i));
        }
    }

    /** The facts, in order. */
    public final List<? extends Fact> facts() {
        return facts;
    }

    /** Where fact {@code i} lies in the journal; known once it is written. */
    protected final long position(int i) {
        return positions[i];
    }

    @Override
    protected final int recordCount() {
        return facts.size();
    }

    @Override
    protected final int recordSize(int i) {
        return facts.get(i).size();
    }

    @Override
    protected final byte recordType(int i) {
        return facts.get(i).type();
    }

    @Override
    protected final void encodeRecord(int i, ByteBuffer target, long position) {
        positions[i] = position;
        facts.get(i).write(target);
    }

    @Override
    protected final void durable() {
        for (int i = 0; i < positions.length; i++) {
            store.noteDurable(facts.get(i), positions[i]);
        }
        completed(store.completions());
    }

    /** Files that its facts refer to stay: whether the facts will be found at the next start can't be told. */
    @Override
    protected final void failed(IOException cause) {
        refused(store.completions(), cause);
        store.completions().flush();
    }

    /** Journal thread: names the loops on which {@link #apply} and {@link #confirm} are to run. */
    protected abstract void completed(Completions completions);

    /** Journal thread, or the writer's own when the journal is closed: it never became durable; tell whoever waits, by posting. */
    protected abstract void refused(Completions completions, IOException cause);

    /** On a loop that owns something the facts change. */
    protected void apply(Loop loop) {
    }

    /** On the loop of whoever waits for the answer, after everybody has been sent what to apply. */
    protected void confirm() {
    }
}
