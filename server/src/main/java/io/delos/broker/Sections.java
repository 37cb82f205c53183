package io.delos.broker;

import io.delos.journal.CheckpointWriter;
import io.delos.store.Fact;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** How a checkpoint's sections are named, and how those are written that are not one queue's. No state. */
final class Sections {

    static final String FACTS = "facts";
    static final String BODIES = "bodies";
    static final String SHELF = "shelf";
    static final String IDS = "duplicate-ids";
    static final String QUEUE = "queue:";
    static final String TRANSACTION = "transaction:";

    private Sections() {
    }

    /** What exists, and the greatest id a queue ever had. */
    static void facts(List<Fact> facts, long greatestQueueId, CheckpointWriter target) throws IOException {
        DataOutputStream out = new DataOutputStream(target.section(FACTS));
        out.writeInt(facts.size());
        for (Fact fact : facts) {
            ByteBuffer payload = ByteBuffer.allocate(fact.size());
            fact.write(payload);
            out.writeByte(fact.type());
            out.writeInt(payload.position());
            out.write(payload.array(), 0, payload.position());
        }
        out.writeLong(greatestQueueId);
        out.flush();
    }

    /** Duplicate-detection ids by address, each address's in their order. */
    static void ids(Map<String, ? extends Collection<String>> ids, CheckpointWriter target) throws IOException {
        DataOutputStream out = new DataOutputStream(target.section(IDS));
        out.writeInt(ids.size());
        for (Map.Entry<String, ? extends Collection<String>> address : ids.entrySet()) {
            text(out, address.getKey());
            out.writeInt(address.getValue().size());
            for (String id : address.getValue()) {
                text(out, id);
            }
        }
        out.flush();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
