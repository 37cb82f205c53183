package io.delos.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A protocol, spoken by its own real client. */
interface Wire extends AutoCloseable {

    /** A producer, used by one thread; on a connection of its own, unless its row has very many. */
    interface Sender extends AutoCloseable {
        /** Sends a message; waits for its confirmation, or while too many are unconfirmed, as its row says. */
        void send(byte[] body) throws Exception;

        /** Waits until everything sent is confirmed. */
        void flush() throws Exception;

        @Override
        void close() throws Exception;
    }

    /** A consumer, on a connection like a producer's. */
    interface Receiver extends AutoCloseable {
        @Override
        void close() throws Exception;
    }

    /** @param index the sender's number among those of its row */
    Sender sender(Row row, String destination, int index) throws Exception;

    /** Hands each message to {@code onMessage}, on one thread, and acknowledges it. */
    Receiver receiver(Row row, String destination, int index, Consumer<ByteBuffer> onMessage) throws Exception;

    /** Closes what senders and receivers shared. */
    @Override
    void close() throws Exception;

    /** Sends under way: the sender takes a place, the client's thread gives it back, and a failure ends the sending. */
    final class Window {
        private static final long PATIENCE_SECONDS = 20;
        private final int size;
        private final Semaphore free;
        private volatile Throwable failure;

        Window(int size) {
            this.size = size;
            this.free = new Semaphore(size);
        }

        void enter() throws Exception {
            take(1);
        }

        void leave() {
            free.release();
        }

        void fail(Throwable cause) {
            failure = cause;
            free.release(size);
        }

        void flush() throws Exception {
            take(size);
            free.release(size);
        }

        private void take(int places) throws Exception {
            if (!free.tryAcquire(places) && !free.tryAcquire(places, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new TimeoutException("no confirmation in " + PATIENCE_SECONDS + " s");
            }
            if (failure != null) {
                throw new IllegalStateException("a send failed: " + failure, failure);
            }
        }
    }
}
