package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.store.MemoryBudget;
import io.delos.store.MemoryBudget.Share;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What all connections together hold of messages that are still arriving, and whose turn it is when that is much. The line of those who
 * wait is owned by the control loop; how much is left, anybody may ask.
 *
 * <p>Each connection may hold {@link Unfinished#SMALL} bytes, and beyond that as much as is left for all. One that holds more is not read
 * until there is room again or its turn has come: one at a time goes on to the end of its message, however much is held. So somebody always
 * gets ahead, and what is held is bounded by the share and twice the largest message. Who would wait too long, or has the turn and makes
 * no use of it, or holds much and is silent while others wait, is refused; the times are those of {@link Unfinished}.
 */
public final class Intake {

    private static final Logger LOG = LogManager.getLogger(Intake.class);

    /** How often everybody is looked at while somebody waits, in milliseconds. */
    static final long TICK_MILLIS = 1000;
    /** After so many ticks in which nobody waited the shortage is over. */
    private static final int QUIET = 10;

    private final MemoryBudget memory;
    private final Loop control;
    private final Set<Unfinished> open = ConcurrentHashMap.newKeySet();
    private final Set<Unfinished> line = new LinkedHashSet<>();
    private Optional<Unfinished> goingOn = Optional.empty();
    private boolean shortage;
    private int quiet;

    /** Nobody holds anything yet. */
    public Intake(MemoryBudget memory, Loop control) {
        this.memory = memory;
        this.control = control;
    }

    /** The account of a connection that has been made; it must be closed. */
    public Unfinished open(Loop loop, Unfinished.Socket socket) {
        Unfinished account = new Unfinished(this, loop, socket);
        open.add(account);
        return account;
    }

    /** Bytes held now. Any thread. */
    public long held() {
        return memory.used(Share.ARRIVING);
    }

    /** Bytes that may be held before anybody has to wait. Any thread. */
    public long limit() {
        return memory.limit(Share.ARRIVING);
    }

    /** What may be read from a socket at once, in bytes, wherever it belongs. Any thread. */
    public long room() {
        return Math.max(Unfinished.SMALL, left());
    }

    /** Bytes that are left; fewer than 0 when more is held than should be. */
    long left() {
        return limit() - held();
    }

    void add(long bytes) {
        memory.add(Share.ARRIVING, bytes);
    }

    /** What one who has the turn may add, in bytes: a buffer that grows by doubling is up to twice as large as what is in it. */
    long mostInTurn() {
        return 2 * memory.largestMessage();
    }

    void close(Unfinished account) {
        open.remove(account);
    }

    /** It is not read, and waits for room or its turn. */
    void waits(Unfinished account) {
        control.post(() -> {
            line.add(account);
            begin();
            next();
        });
    }

    /** It waits no longer, has had its turn, or gives it up. */
    void done(Unfinished account) {
        control.post(() -> {
            line.remove(account);
            if (goingOn.isPresent() && goingOn.get() == account) {
                goingOn = Optional.empty();
            }
            next();
        });
    }

    private void next() {
        if (left() > limit() / 2) {
            line.forEach(account -> account.loop().post(account::letGo));
            line.clear();
        } else if (goingOn.isEmpty() && !line.isEmpty()) {
            Unfinished first = line.iterator().next();
            line.remove(first);
            goingOn = Optional.of(first);
            first.loop().post(first::takeTurn);
        }
    }

    private void begin() {
        quiet = 0;
        if (!shortage) {
            shortage = true;
            LOG.warn("Messages that are still arriving take {} bytes of memory, about all there is for them ({}). Connections that bring"
                    + " more of one wait for their turn, and are closed if they stop in the middle. More heap, or smaller messages, would help",
                    held(), limit());
            control.schedule(this::tick, TICK_MILLIS);
        }
    }

    private void tick() {
        open.forEach(account -> account.loop().post(account::look));
        next();
        quiet = line.isEmpty() && goingOn.isEmpty() ? quiet + 1 : 0;
        if (quiet < QUIET) {
            control.schedule(this::tick, TICK_MILLIS);
        } else {
            shortage = false;
            LOG.info("Messages that are still arriving have room again: they take {} bytes of {}", held(), limit());
        }
    }
}
