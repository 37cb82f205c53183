package io.delos.journal;

import java.io.IOException;

/** The position asked for is in no segment (any more): nothing counted as living was there. */
public final class GoneException extends IOException {
    private static final long serialVersionUID = 1;

    public GoneException(long position) {
        super("no segment holds position " + position);
    }
}
