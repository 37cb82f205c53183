package io.delos.store;

import java.io.IOException;

/** Looks for messages in the files of the journal when nobody knows any more where they are. Any thread, blocking. */
public interface Finder {

    /** Names the file that holds a position, by its base position, marked like the position; another number if there is no such file. */
    long segment(long position);

    /** Is told what {@link #search} finds. */
    interface Found {

        /** A message at a position; {@code transaction} is the large one it came with, which may never have been decided, or 0. */
        void message(long position, Fact.Enqueued fact, long transaction);
    }

    /**
     * Looks through one file of the journal, on the calling thread, for the messages that are left of those at positions {@code from} to
     * {@code to}, whosever they are.
     *
     * @param from a position in that file: where a message is or was, or its base
     * @return the position behind the file; {@code from} if there is no such file
     * @throws IOException if the file can't be read
     */
    long search(long from, long to, Found found) throws IOException;
}
