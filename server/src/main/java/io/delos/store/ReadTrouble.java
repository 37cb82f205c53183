package io.delos.store;

import io.delos.journal.DamagedException;
import io.delos.journal.GoneException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A disk that does not give back what is on it, for a while: whoever reads waits and tries again, and nothing counts as lost. The operator
 * is told once when it begins and once when it is over. Any thread.
 */
public final class ReadTrouble {

    /** How long to wait before something is read again, in milliseconds. */
    public static final long RETRY_MILLIS = 2000;

    private static final Logger LOG = LogManager.getLogger(ReadTrouble.class);

    private final String what;
    private final AtomicInteger waiting = new AtomicInteger();

    /** {@code what}: who can't be read, in the plural. */
    public ReadTrouble(String what) {
        this.what = what;
    }

    /** Whether the disk itself refuses, which may pass; bytes that are damaged or gone will not come back. */
    public static boolean mayPass(Throwable failure) {
        return failure instanceof IOException && !(failure instanceof DamagedException) && !(failure instanceof GoneException);
    }

    /** One more has to wait. */
    public void begun(Throwable cause) {
        if (waiting.getAndIncrement() == 0) {
            LOG.error("{} can't be read now: {}. None counts as lost; they wait, and are tried again every {} seconds. Look after the disk", what,
                    cause.toString(), RETRY_MILLIS / 1000);
        }
    }

    /** One of those has been read, or is not wanted any more. */
    public void over() {
        if (waiting.decrementAndGet() == 0) {
            LOG.info("{} can be read again", what);
        }
    }
}
