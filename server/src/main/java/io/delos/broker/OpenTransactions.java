package io.delos.broker;

import io.delos.store.Fact;
import io.delos.store.Staging;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.ToIntFunction;

/**
 * The transactions that have parts in the journal and no decision: what a checkpoint must carry, since their parts lie before it. Owned by
 * the journal thread, while the broker starts by the starting one.
 */
final class OpenTransactions {

    private static final byte MESSAGES = 1;
    private static final byte ENDED = 2;
    private static final byte CLAIM = 3;
    private static final byte PREPARED = 4;

    private final ToIntFunction<String> duplicateIds;
    private final Map<Long, Open> open = new LinkedHashMap<>();

    /** One of them. Its parts are not changed once they are in it. */
    static final class Open {
        final long number;
        final List<StagedMessages> messages = new ArrayList<>();
        final List<Fact.Settled> ended = new ArrayList<>();
        final Claims claims;
        /** That it waits to be decided; empty as long as it is just being written. */
        Optional<Staging.Prepared> prepared = Optional.empty();

        Open(long number, Claims claims) {
            this.number = number;
            this.claims = claims;
        }

        /** While the journal is read: where the next message is added. */
        StagedMessages last() {
            if (messages.isEmpty()) {
                messages.add(new StagedMessages(1024));
            }
            return messages.get(messages.size() - 1);
        }

        private Open copy() {
            Open copy = new Open(number, claims.copy());
            copy.messages.addAll(messages);
            copy.ended.addAll(ended);
            copy.prepared = prepared;
            return copy;
        }

        /** Messages in it. */
        long count() {
            return messages.stream().mapToLong(StagedMessages::count).sum();
        }
    }

    /** {@code duplicateIds}: how many duplicate-detection ids an address remembers. */
    OpenTransactions(ToIntFunction<String> duplicateIds) {
        this.duplicateIds = duplicateIds;
    }

    /** The transaction of this number, which begins with being asked for. */
    Open of(long number) {
        return open.computeIfAbsent(number, n -> new Open(n, new Claims(duplicateIds)));
    }

    /** It is decided, and open no more; empty if it had no parts. */
    Optional<Open> decided(long number) {
        return Optional.ofNullable(open.remove(number));
    }

    /** Those messages won't come with whichever transaction they are part of. */
    void without(Set<Long> positions) {
        if (!positions.isEmpty()) {
            open.values().forEach(each -> each.messages.replaceAll(some -> some.without(positions)));
        }
    }

    /** Those of a broker that is gone which were not even prepared: they never were. */
    List<Open> discardUnprepared() {
        List<Open> all = open.values().stream().filter(each -> each.prepared.isEmpty()).toList();
        open.values().removeAll(all);
        return all;
    }

    /** Takes over one that an earlier broker left prepared. */
    void resume(Open prepared) {
        open.put(prepared.number, prepared);
    }

    /** The positions of all their messages, which keep files alive. */
    void forEachPosition(LongConsumer look) {
        open.values().forEach(each -> each.messages.forEach(messages -> messages.forEachPosition(look)));
    }

    /** As they are now, for another thread to write down. */
    List<Open> snapshot() {
        return open.isEmpty() ? List.of() : open.values().stream().map(Open::copy).toList();
    }

    /** They are somebody else's. */
    void clear() {
        open.clear();
    }

    /** All of them. */
    Collection<Open> all() {
        return open.values();
    }

    /** Writes one: parts, each with its kind i8, up to the end of the section. */
    static void write(Open transaction, OutputStream section) throws IOException {
        DataOutputStream out = new DataOutputStream(section);
        for (StagedMessages messages : transaction.messages) {
            write(messages, out);
        }
        for (Fact.Settled ended : transaction.ended) {
            out.writeByte(ENDED);
            out.writeLong(ended.queue());
            out.writeInt(ended.positions().length);
            for (long position : ended.positions()) {
                out.writeLong(position);
            }
        }
        if (transaction.prepared.isPresent()) {
            out.writeByte(PREPARED);
            write(transaction.prepared.get(), out);
        }
        List<String> claims = new ArrayList<>();
        transaction.claims.forEach((address, id) -> {
            claims.add(address);
            claims.add(id);
        });
        for (int i = 0; i < claims.size(); i += 2) {
            out.writeByte(CLAIM);
            text(out, claims.get(i));
            text(out, claims.get(i + 1));
        }
        out.flush();
    }

    private static void write(StagedMessages messages, DataOutputStream out) throws IOException {
        out.writeByte(MESSAGES);
        out.writeInt(messages.count());
        StagedMessages.Targets before = null;
        for (int i = 0; i < messages.count(); i++) {
            StagedMessages.Targets targets = messages.targets(i);
            out.writeLong(messages.position(i));
            out.writeInt(messages.size(i));
            out.writeByte(messages.priority(i));
            out.writeLong(messages.deliverAt(i));
            if (targets == before) {
                out.writeInt(-1);
            } else {
                out.writeInt(targets.durable().length);
                for (long id : targets.durable()) {
                    out.writeLong(id);
                }
                before = targets;
            }
        }
    }

    private static void write(Staging.Prepared prepared, DataOutputStream out) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(prepared.size());
        prepared.write(payload);
        out.writeInt(payload.position());
        out.write(payload.array(), 0, payload.position());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Reads what {@link #write} wrote of the transaction of this number. */
    void read(long number, InputStream section) throws IOException {
        Open transaction = of(number);
        DataInputStream in = new DataInputStream(section);
        int kind;
        while ((kind = in.read()) >= 0) {
            switch (kind) {
                case MESSAGES -> transaction.messages.add(messages(in));
                case ENDED -> transaction.ended.add(ended(in));
                case PREPARED -> transaction.prepared = Optional.of(
                        (Staging.Prepared) Fact.read(Staging.PREPARED, ByteBuffer.wrap(in.readNBytes(in.readInt()))));
                case CLAIM -> transaction.claims.add(text(in), text(in));
                default -> throw new IOException("a checkpoint's transaction has a part of the unknown kind " + kind);
            }
        }
    }

    private static StagedMessages messages(DataInputStream in) throws IOException {
        int count = in.readInt();
        StagedMessages messages = new StagedMessages(Math.min(count, 4096));
        StagedMessages.Targets targets = StagedMessages.Targets.of(new long[0]);
        for (int i = 0; i < count; i++) {
            long position = in.readLong();
            int size = in.readInt();
            int priority = in.readByte();
            long deliverAt = in.readLong();
            int queues = in.readInt();
            if (queues >= 0) {
                targets = StagedMessages.Targets.of(longs(in, queues));
            }
            messages.add(targets, position, size, priority, deliverAt);
        }
        return messages;
    }

    private static Fact.Settled ended(DataInputStream in) throws IOException {
        long queue = in.readLong();
        return new Fact.Settled(queue, longs(in, in.readInt()));
    }

    private static long[] longs(DataInputStream in, int count) throws IOException {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.readLong();
        }
        return values;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
