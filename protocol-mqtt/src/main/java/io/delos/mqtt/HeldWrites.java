package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Owned by the connection's loop: PUBLISH packets in their order, some of which must not be written before something is durable. What has
 * to be remembered is collected over a turn and committed at once; while nothing waits, packets go straight to the writer.
 */
final class HeldWrites {

    private record Packet(PacketWriter.Head head, Publication publication, Optional<LargeStream> large) { }

    /** Packets that wait for one commit, and those behind them. */
    private static final class Group {
        final List<Packet> packets = new ArrayList<>();
        boolean ready;
    }

    private final Session broker;
    private final PacketWriter writer;
    private final Consumer<BrokerException> failed;
    private final ArrayDeque<Group> groups = new ArrayDeque<>(0);
    private Optional<Transaction> open = Optional.empty();

    HeldWrites(Session broker, PacketWriter writer, Consumer<BrokerException> failed) {
        this.broker = broker;
        this.writer = writer;
        this.failed = failed;
    }

    /** Writes the packet, behind those that wait; {@code large} is its payload if that lies in a file. */
    void write(PacketWriter.Head head, Publication publication, Optional<LargeStream> large) {
        if (groups.isEmpty()) {
            writer.publish(head, publication, large);
        } else {
            groups.getLast().packets.add(new Packet(head, publication, large));
        }
    }

    /** Writes the packet once this is durable; what is asked of the transaction comes true with what else the turn writes. */
    void writeBehind(PacketWriter.Head head, Publication publication, Optional<LargeStream> large, Consumer<Transaction> what) {
        if (open.isEmpty()) {
            open = Optional.of(broker.begin());
            groups.add(new Group());
        }
        what.accept(open.get());
        groups.getLast().packets.add(new Packet(head, publication, large));
        writer.soon();
    }

    /** Commits what this turn has collected. */
    void commit() {
        if (open.isPresent()) {
            Transaction transaction = open.get();
            open = Optional.empty();
            Group group = groups.getLast();
            broker.commit(transaction, Reply.of(done -> {
                group.ready = true;
                writeReady();
            }, failed));
        }
    }

    private void writeReady() {
        while (!groups.isEmpty() && groups.getFirst().ready) {
            for (Packet packet : groups.removeFirst().packets) {
                writer.publish(packet.head(), packet.publication(), packet.large());
            }
        }
    }
}
