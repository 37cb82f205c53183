package io.delos.queue;

import io.delos.config.AddressSettings;
import io.delos.config.FullPolicy;
import io.delos.loop.Loop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What the messages of one address weigh, what its settings say when that is too much, and who waits for it to weigh less. Any thread:
 * producers add on their loops, queues take off on theirs. A message counts once for each queue it is in.
 */
public final class AddressUsage {

    private static final Logger LOG = LogManager.getLogger(AddressUsage.class);

    private final String address;
    private final GlobalUsage all;
    private final Tally bytes;
    private final Tally messages;
    private final AtomicBoolean announced = new AtomicBoolean();
    private final AtomicBoolean untold = new AtomicBoolean();
    /** Empty until somebody has waited: there may be very many addresses, and at few of them anybody waits. */
    private final AtomicReference<WaitingLine> waiting = new AtomicReference<>();
    private volatile Bounds bounds = Bounds.NONE;
    private volatile boolean blocked;

    /**
     * The limits as they are compared. Each is {@link Long#MAX_VALUE} when there is none.
     *
     * @param bytes       {@code max-size-bytes}; where the policy would take nothing at all (0), one message at a time
     * @param heldBytes   with PAGE: what the address may hold, in memory and beyond
     * @param heldPolicy  what happens then
     * @param refusedFrom {@code max-size-bytes-reject-threshold}
     */
    private record Bounds(FullPolicy policy, long bytes, long messages, long heldBytes, long heldMessages, FullPolicy heldPolicy,
                          long refusedFrom, boolean limited) {

        static final Bounds NONE = new Bounds(FullPolicy.PAGE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE,
                FullPolicy.FAIL, Long.MAX_VALUE, false);

        static Bounds of(AddressSettings.Limits limits) {
            boolean paging = limits.addressFullPolicy() == FullPolicy.PAGE;
            long bytes = bound(limits.maxSizeBytes(), paging);
            long messages = bound(limits.maxSizeMessages(), paging);
            long heldBytes = held(limits.pageLimitBytes(), bytes);
            long heldMessages = held(limits.pageLimitMessages(), messages);
            long refused = limits.rejectThreshold() > 0 ? limits.rejectThreshold() : Long.MAX_VALUE;
            boolean limited = !paging || bytes != Long.MAX_VALUE || messages != Long.MAX_VALUE || heldBytes != Long.MAX_VALUE
                    || heldMessages != Long.MAX_VALUE;
            Bounds bounds = new Bounds(limits.addressFullPolicy(), bytes, messages, heldBytes, heldMessages, limits.pageFullPolicy(), refused, limited);
            return bounds.equals(NONE) ? NONE : bounds;
        }

        private static long bound(long setting, boolean paging) {
            return setting < 0 ? Long.MAX_VALUE : setting == 0 && !paging ? 1 : setting;
        }

        /** The page limit counts what lies beyond memory, so it adds to memory's. */
        private static long held(long pageLimit, long inMemory) {
            return pageLimit < 0 ? Long.MAX_VALUE : pageLimit + (inMemory == Long.MAX_VALUE ? 0 : inMemory);
        }

        boolean counted() {
            return policy != FullPolicy.PAGE;
        }
    }

    /** An address with the limits its settings give it, which counts towards {@code all} unless its policy is PAGE. */
    public AddressUsage(String address, AddressSettings.Limits limits, GlobalUsage all) {
        this.address = address;
        this.all = all;
        this.bytes = all.tallyOfBytes();
        this.messages = all.tallyOfMessages();
        limits(limits);
    }

    /** Changes the limits. Control loop. */
    public void limits(AddressSettings.Limits limits) {
        Bounds changed = Bounds.of(limits);
        bounds = changed;
        bytes.passOn(changed.counted());
        messages.passOn(changed.counted());
        wake();
        all.freed();
    }

    /** Whether an operator lets nothing in, whatever the limits say. Any thread. */
    public void block(boolean shut) {
        blocked = shut;
        if (!shut) {
            wake();
        }
    }

    /** Whether an operator lets nothing in. */
    public boolean blocked() {
        return blocked;
    }

    private WaitingLine line() {
        WaitingLine there = waiting.get();
        if (there == null) {
            waiting.compareAndSet(null, new WaitingLine(this::bytesLeft, this::messagesLeft));
            there = waiting.get();
        }
        return there;
    }

    private void wake() {
        WaitingLine line = waiting.get();
        if (line != null && !line.isEmpty()) {
            line.wake();
        }
    }

    /** Whether somebody who comes now has room, and nobody who came before waits for it. */
    private boolean open() {
        WaitingLine line = waiting.get();
        return line == null ? !blocked && bytesLeft() > 0 && messagesLeft() > 0 : line.open();
    }

    /** A message has entered a queue. */
    public void add(int size) {
        bytes.add(size);
        messages.add(1);
    }

    /** So many messages of so many bytes in all have entered. */
    public void add(long size, long count) {
        bytes.add(size);
        messages.add(count);
    }

    /** So many messages of so many bytes in all have left. */
    public void remove(long size, long count) {
        bytes.add(-size);
        messages.add(-count);
        wake();
        Bounds now = bounds;
        if (now.counted()) {
            all.freed();
        }
        if (announced.get()) {
            noteRoom(now);
        }
    }

    public long bytes() {
        return bytes.sum();
    }

    public long messages() {
        return messages.sum();
    }

    /** {@code max-size-bytes} in percent; 0 without such a limit. */
    public int percentFull() {
        long limit = bounds.bytes;
        return limit == Long.MAX_VALUE ? 0 : (int) Math.min(Integer.MAX_VALUE, bytes() * 100 / Math.max(1, limit));
    }

    private long bytesLeft() {
        if (blocked) {
            return 0;
        }
        long limit = bounds.bytes;
        return limit == Long.MAX_VALUE || bounds.policy != FullPolicy.BLOCK ? Long.MAX_VALUE : limit - bytes();
    }

    private long messagesLeft() {
        long limit = bounds.messages;
        return limit == Long.MAX_VALUE || bounds.policy != FullPolicy.BLOCK ? Long.MAX_VALUE : limit - messages();
    }

    private boolean reached(Bounds now) {
        return bytes() >= now.bytes || messages() >= now.messages;
    }

    /** Whether a limit is reached: the address's, or the global one if its policy heeds that. */
    public boolean full() {
        Bounds now = bounds;
        return reached(now) || now.counted() && all.full();
    }

    /** Whether it holds more than its memory is to hold, as PAGE and DROP allow: what management calls paging. */
    public boolean paging() {
        Bounds now = bounds;
        return now.limited && (now.policy == FullPolicy.PAGE ? reached(now) : now.policy == FullPolicy.DROP && full());
    }

    /** What becomes of a message that arrives now; PAGE says that it is taken. */
    public FullPolicy verdict() {
        Bounds now = bounds;
        if (blocked) {
            return FullPolicy.BLOCK;
        }
        return now.limited ? verdict(now) : FullPolicy.PAGE;
    }

    private FullPolicy verdict(Bounds now) {
        FullPolicy verdict = FullPolicy.PAGE;
        if (now.policy == FullPolicy.PAGE) {
            if (reached(now)) {
                announce(now);
            }
            boolean all = bytes() >= now.heldBytes || messages() >= now.heldMessages;
            return all ? now.heldPolicy : FullPolicy.PAGE;
        }
        if (now.policy == FullPolicy.BLOCK ? !open() || all.full() : full()) {
            verdict = now.policy;
            announce(now);
        }
        return verdict;
    }

    /** Whether it has become full, and nobody who asked was told so yet. */
    public boolean becameFull() {
        return untold.get() && untold.compareAndSet(true, false);
    }

    /** Whose usage this is. */
    public String address() {
        return address;
    }

    /** With BLOCK: whether so much has come on credit given before that the rest is to be refused. */
    public boolean beyondThreshold() {
        return bytes() >= bounds.refusedFrom;
    }

    /** Runs {@code ready} on {@code loop} when there is room for a message of so many bytes, in turn; it is to be sent then, at once. */
    public void await(Loop loop, long size, Runnable ready) {
        await(new WaitingLine.Waiter(loop, size, 1, false, ready));
    }

    /** Runs {@code ready} on {@code loop} when credit for so many messages and bytes may be given, in turn. */
    public void awaitCredit(Loop loop, long size, long count, Runnable ready) {
        await(new WaitingLine.Waiter(loop, size, count, true, ready));
    }

    /** First in the address's own line, then, if it is still needed, in that of all addresses. */
    private void await(WaitingLine.Waiter waiter) {
        if (open()) {
            all.await(waiter);
            return;
        }
        line().add(new WaitingLine.Waiter(waiter.loop(), waiter.bytes(), waiter.messages(), waiter.credit(), () -> {
            if (bounds.counted() && all.full()) {
                all.await(waiter);
            } else {
                waiter.ready().run();
            }
        }));
    }

    /** What a message here weighs on average, in bytes; something sensible when there is none. */
    public long averageSize() {
        long count = messages();
        return count <= 0 ? 1024 : Math.max(1, bytes() / count);
    }

    private void announce(Bounds now) {
        if (announced.get() || !announced.compareAndSet(false, true)) {
            return;
        }
        untold.set(true);
        String held = bytes() + " bytes in " + messages() + " messages";
        switch (now.policy) {
            case PAGE -> LOG.info("AMQ222038: Starting paging on address '{}': it holds {}, more than its part of memory; what comes waits on"
                    + " the disk, within page-limit-bytes and page-limit-messages where they are set", address, held);
            case DROP -> LOG.warn("AMQ222039: Messages sent to address '{}' are being dropped: it is full, with {}; consume from it, raise"
                    + " its limit or the global one, or choose another address-full-policy", address, held);
            case BLOCK -> LOG.warn("AMQ222183: Producers on address '{}' are blocked: it is full, with {}; consume from it, or raise its limit"
                    + " or the global one", address, held);
            case FAIL -> LOG.warn("Messages sent to address '{}' are refused (AMQ229102): it is full, with {}; consume from it, or raise its"
                    + " limit or the global one", address, held);
        }
    }

    /** Said only when half of it is free again, or the log would tell of every message. */
    private void noteRoom(Bounds now) {
        boolean half = (now.bytes == Long.MAX_VALUE || bytes() <= now.bytes / 2) && (now.messages == Long.MAX_VALUE || messages() <= now.messages / 2);
        if (half && !(now.counted() && all.full()) && announced.compareAndSet(true, false)) {
            LOG.info("Address '{}' has room again: {} bytes in {} messages are left", address, bytes(), messages());
        }
    }
}
