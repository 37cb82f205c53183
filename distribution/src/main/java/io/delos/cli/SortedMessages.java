package io.delos.cli;

import io.delos.core.RawMessage;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Puts messages in the order of their ids. They wait in a temporary file; in memory are some forty bytes of each. One thread. */
final class SortedMessages implements AutoCloseable {

    private static final long IN_MEMORY = -1;

    private final Path file;
    private final DataOutputStream out;
    private long[][] places = new long[64][];
    private int count;
    private long written;

    SortedMessages() throws IOException {
        file = Files.createTempFile("import", ".messages");
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    /** Receives them. */
    interface Visitor {
        void message(ExportedMessage message) throws IOException, CliException;
    }

    void add(ExportedMessage message) throws IOException {
        if (count == places.length) {
            places = Arrays.copyOf(places, count * 2);
        }
        places[count++] = new long[] {message.id(), written};
        byte[] bytes = message.message().write();
        written += text(message.address().orElse(""));
        out.writeInt(message.queues().size());
        written += Integer.BYTES;
        for (String queue : message.queues()) {
            written += text(queue);
        }
        out.writeInt(bytes.length);
        out.write(bytes);
        out.writeLong(message.body().isPresent() ? message.bodyLength() : IN_MEMORY);
        written += Integer.BYTES + bytes.length + Long.BYTES;
        if (message.body().isPresent()) {
            try (InputStream body = message.body().get().open()) {
                written += body.transferTo(out);
            }
        }
    }

    private int text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
        return Integer.BYTES + bytes.length;
    }

    /** Tells of all, the least id first; those of one id in the order in which they came. */
    void forEach(Visitor visitor) throws IOException, CliException {
        out.flush();
        Arrays.sort(places, 0, count, (a, b) -> Long.compare(a[0], b[0]));
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            for (int i = 0; i < count; i++) {
                in.seek(places[i][1]);
                visitor.message(read(places[i][0], in));
            }
        }
    }

    private ExportedMessage read(long id, RandomAccessFile in) throws IOException {
        String address = new String(bytes(in), StandardCharsets.UTF_8);
        List<String> queues = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            queues.add(new String(bytes(in), StandardCharsets.UTF_8));
        }
        RawMessage message = RawMessage.read(bytes(in));
        long length = in.readLong();
        return new ExportedMessage(id, message, queues, address.isEmpty() ? Optional.empty() : Optional.of(address),
                length == IN_MEMORY ? Optional.empty() : Optional.of(new Kept(file, in.getFilePointer(), length)));
    }

    /** A body in the temporary file. */
    private record Kept(Path file, long at, long length) implements ExportedMessage.Body {
        @Override
        public InputStream open() throws IOException {
            InputStream in = Files.newInputStream(file);
            in.skipNBytes(at);
            return in;
        }
    }

    private static byte[] bytes(RandomAccessFile in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(file);
    }
}
