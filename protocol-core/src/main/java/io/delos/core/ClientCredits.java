package io.delos.core;

import io.delos.core.MessagePacket.ProducerCredits;
import io.delos.core.MessagePacket.RequestCredits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The bytes a session may send, per address (section 12). Any thread. */
final class ClientCredits {
    private static final int WINDOW = 65536;
    private static final int ADDRESS_FULL = 210;

    private final Map<String, Balance> balances = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private IOException failure;

    private static final class Balance {
        private long available;
        private long requested;
        private boolean refused;
    }

    /** How a request travels. */
    interface Requester {
        void request(RequestCredits packet) throws IOException;
    }

    /** Waits until {@code bytes} may be sent to {@code address}, asking for what is missing. */
    void take(String address, int bytes, long timeoutMillis, Requester requester) throws IOException {
        lock.lock();
        try {
            Balance balance = balances.computeIfAbsent(address, key -> new Balance());
            long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (balance.available < bytes) {
                if (failure != null) {
                    throw failure;
                }
                if (balance.refused) {
                    balance.refused = false;
                    balance.available = 0;
                    throw new CoreClientException(ADDRESS_FULL, "the address " + address + " is full");
                }
                if (balance.available + balance.requested < bytes) {
                    int missing = (int) Math.max(WINDOW, bytes - balance.available - balance.requested);
                    balance.requested += missing;
                    requester.request(new RequestCredits(missing, address));
                }
                if (nanos <= 0) {
                    throw new IOException("the address " + address + " takes no messages at present");
                }
                nanos = changed.awaitNanos(nanos);
            }
            balance.available -= bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to send");
        } finally {
            lock.unlock();
        }
    }

    void received(ProducerCredits credits) {
        lock.lock();
        try {
            Balance balance = balances.computeIfAbsent(credits.address(), key -> new Balance());
            balance.available += credits.credits();
            balance.requested = Math.max(0, balance.requested - credits.credits());
            balance.refused |= !credits.granted();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(IOException cause) {
        lock.lock();
        try {
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
