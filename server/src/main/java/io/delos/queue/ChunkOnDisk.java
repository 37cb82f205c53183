package io.delos.queue;

import io.delos.journal.Census;
import io.delos.store.Finder;
import java.io.IOException;
import java.util.BitSet;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A chunk whose references are only on disk, as it was at one moment. Any one thread, blocking.
 *
 * @param entry the number of its first slot in the run
 * @param left  the slots of durable messages that were left
 * @param bases the files of the journal where these lie
 */
record ChunkOnDisk(Home home, long entry, int slots, BitSet left, Trace trace, long[] bases) {

    private static final Logger LOG = LogManager.getLogger(ChunkOnDisk.class);

    /** Whose it is, where its run is, and what the run was made from. */
    record Home(long id, String queue, int level, BacklogFile file, Finder cold) { }

    /**
     * Its references, in the slots they had. What the run does not have is found in the journal, and the run is put right; what is not there
     * either is {@link Refs#missing}, as is, then, what no start would find.
     *
     * @throws IOException if neither can be read
     */
    Refs read() throws IOException {
        try {
            Refs refs = home.file().read(entry, slots);
            for (int slot = left.nextSetBit(0); slot >= 0; slot = left.nextSetBit(slot + 1)) {
                if (refs.missing(slot)) {
                    throw new IOException("entry " + (entry + slot) + " was not known any more when it was written anew");
                }
            }
            return refs;
        } catch (IOException damage) {
            if (left.isEmpty() || home.file().deleted()) {
                throw damage;
            }
            return rebuild(damage);
        }
    }

    private Refs rebuild(IOException damage) throws IOException {
        Rebuild rebuild = new Rebuild(this);
        Refs found = rebuild.refs();
        int there = 0;
        for (int slot = left.nextSetBit(0); slot >= 0; slot = left.nextSetBit(slot + 1)) {
            there += found.missing(slot) ? 0 : 1;
        }
        String written = rewrite(found) ? "written anew" : "kept in memory only, as they can't be written";
        if (rebuild.proven()) {
            LOG.warn("References of queue {} are damaged: {}. Of the entries {} to {}, all {} that are needed were found in the journal and {}",
                    home.queue(), damage.getMessage(), entry, entry + slots - 1, there, written);
        } else {
            LOG.error("References of queue {} are damaged: {}. Of the entries {} to {}, {} of {} that are needed were found in the journal and {}; it can't be told whether they are the right ones",
                    home.queue(), damage.getMessage(), entry, entry + slots - 1, there, left.cardinality(), written);
        }
        return found;
    }

    private boolean rewrite(Refs found) {
        try {
            home.file().rewrite(entry, found);
            return true;
        } catch (IOException failure) {
            LOG.debug("References of queue {} can't be written", home.queue(), failure);
            return false;
        }
    }

    /** Tells of its durable messages. */
    void tell(Census.Tally tally) throws IOException {
        Refs refs = read();
        for (int slot = left.nextSetBit(0); slot >= 0; slot = left.nextSetBit(slot + 1)) {
            if (!refs.missing(slot)) {
                Inventory.tell(refs, slot, tally);
            }
        }
    }
}
