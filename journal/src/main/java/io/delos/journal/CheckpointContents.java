package io.delos.journal;

import java.io.IOException;

/** Writes the saved state into a checkpoint, section by section; called once, on the thread that takes the checkpoint. */
@FunctionalInterface
public interface CheckpointContents {

    /** An exception abandons the checkpoint; the one before stays. */
    void writeTo(CheckpointWriter target) throws IOException;
}
