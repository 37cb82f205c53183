package io.delos.server;

import io.delos.broker.StoppedBroker;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.journal.Disk;
import io.delos.message.Formats;
import io.delos.message.Message;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A data directory whose server is not running, to be read: no byte in it is changed, and no server starts on it meanwhile. One thread,
 * blocking.
 */
public final class StoppedServer implements Closeable {

    private static final long MOST_WHOLE = 1 << 30;

    private final Optional<DirectoryLock> lock;
    private final StoppedBroker broker;
    private final Formats formats = Server.formats();

    /** Receives messages. */
    public interface Visitor {

        /** A message, where it lies, and the names of the queues that hold it. */
        void message(long position, Message message, List<String> queues) throws IOException;

        /** A message that these queues should hold can't be read. */
        void lost(long position, List<String> queues, IOException cause) throws IOException;
    }

    /**
     * A branch of a distributed transaction that waits for a decision.
     *
     * @param branch       what operators call it
     * @param sent         messages it will have sent, which are in no queue
     * @param acknowledged messages it will have consumed, which are in their queues
     */
    public record InDoubt(String branch, long sent, long acknowledged) { }

    private StoppedServer(DataFiles data, Optional<DirectoryLock> lock) throws IOException {
        this.lock = lock;
        this.broker = StoppedBroker.open(data.journal(), data.bodies(), Disk.real());
    }

    /**
     * Reads everything but the messages.
     *
     * @param evenInUse whether to look though a server may be running; what is read then may be wrong
     * @throws StartException if a server is running on it, or the data can't be read; the message says what to do
     */
    public static StoppedServer open(DataFiles data, boolean evenInUse) throws StartException {
        Path journal = data.journal();
        Optional<DirectoryLock> lock = evenInUse ? Optional.empty() : DirectoryLock.keepOut(journal);
        try {
            Optional<String> foreign = ForeignData.in(journal);
            if (foreign.isPresent()) {
                throw new StartException(foreign.get());
            }
            return new StoppedServer(data, lock);
        } catch (IOException | RuntimeException failure) {
            release(lock, failure);
            throw new StartException(Refusal.of(failure, journal), failure);
        } catch (StartException refused) {
            release(lock, refused);
            throw refused;
        }
    }

    private static void release(Optional<DirectoryLock> lock, Exception why) {
        try {
            if (lock.isPresent()) {
                lock.get().close();
            }
        } catch (IOException failure) {
            why.addSuppressed(failure);
        }
    }

    /** The addresses, and what they route. */
    public Map<String, Set<RoutingType>> addresses() {
        return broker.addresses();
    }

    /** The branches of distributed transactions that wait for a decision. */
    public List<InDoubt> inDoubt() {
        return broker.inDoubt().stream().map(each -> new InDoubt(each.xid().base64(), each.sent(), each.acknowledged())).toList();
    }

    /** The durable queues by their ids. */
    public Map<Long, QueueConfig> queues() {
        return broker.queues();
    }

    /** Writes the body of a large message to {@code target}; throws, with file and offset, if it is not what was written. */
    public void copyBody(Message message, OutputStream target) throws IOException {
        broker.bodies().copy(message.body(), target);
    }

    /** All of a large message's body; throws like {@link #copyBody}, and if it is longer than memory can hold in one piece. */
    public byte[] body(Message message) throws IOException {
        if (message.encodedLength() > MOST_WHOLE) {
            throw new IOException("its body of " + message.body().length() + " bytes can't be translated in memory");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream((int) message.body().length());
        copyBody(message, body);
        return body.toByteArray();
    }

    /** The dialects of the messages. */
    public Formats formats() {
        return formats;
    }

    /** Goes through the messages of the queues whose names are wanted, as {@link StoppedBroker#read}; once. */
    public long read(Predicate<String> wanted, Visitor visitor) throws IOException {
        return broker.read(wanted, new StoppedBroker.Visitor() {
            @Override
            public void message(long position, Message message, List<String> queues) throws IOException {
                visitor.message(position, message, queues);
            }

            @Override
            public void lost(long position, List<String> queues, IOException cause) throws IOException {
                visitor.lost(position, queues, cause);
            }
        });
    }

    @Override
    public void close() throws IOException {
        broker.close();
        if (lock.isPresent()) {
            lock.get().close();
        }
    }
}
