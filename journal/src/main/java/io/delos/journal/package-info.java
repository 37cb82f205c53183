/**
 * One append-only, checksummed journal: bytes, positions and files. It knows nothing of messages.
 * Start at {@link io.delos.journal.Journal}; units of writing are {@link io.delos.journal.Append}s, committed in groups by one thread.
 * {@link io.delos.journal.Recovery} receives what was durable at the last stop, {@link io.delos.journal.Run} holds a queue's backlog.
 * The files are described in {@code docs/journal-format.md}. All file access goes through {@link io.delos.journal.Disk}.
 */
package io.delos.journal;
