package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recovery that writes everything down. */
public final class Replayed implements Recovery {
    public final Map<String, byte[]> sections = new LinkedHashMap<>();
    public final List<Seen> records = new ArrayList<>();
    public final List<String> noticed = new ArrayList<>();
    public final List<String> damages = new ArrayList<>();

    /** One record as it was handed over. */
    public record Seen(long position, byte type, String text, long unitEnd) {
    }

    @Override
    public void checkpoint(CheckpointReader saved) throws IOException {
        saved.sections((name, content) -> sections.put(name, content.readAllBytes()));
    }

    @Override
    public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
        records.add(new Seen(position, type, StandardCharsets.ISO_8859_1.decode(payload).toString(), unitEnd));
    }

    @Override
    public void noticed(String file, long offset, String what) {
        noticed.add(file + "@" + offset + " " + what);
    }

    @Override
    public void damaged(String file, long offset, long length) {
        damages.add(file + "@" + offset + "+" + length);
    }

    public List<String> texts() {
        return records.stream().map(Seen::text).toList();
    }
}
