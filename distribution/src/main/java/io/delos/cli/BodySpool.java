package io.delos.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Keeps a body that is written into it: a short one in memory, a longer one in a temporary file, which goes with it. One thread. */
final class BodySpool extends OutputStream implements ExportedMessage.Body {

    private final int mostInMemory;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private Optional<Path> file = Optional.empty();
    private OutputStream out = memory;
    private long length;

    /** @param mostInMemory so many bytes go into no file */
    BodySpool(int mostInMemory) {
        this.mostInMemory = mostInMemory;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        if (file.isEmpty() && length + count > mostInMemory) {
            Path made = Files.createTempFile("import", ".body");
            file = Optional.of(made);
            out = Files.newOutputStream(made);
            memory.writeTo(out);
            memory.reset();
        }
        out.write(bytes, from, count);
        length += count;
    }

    /** Whether it is in a file. */
    boolean inFile() {
        return file.isPresent();
    }

    /** All of it, if it is in memory. */
    byte[] bytes() {
        return memory.toByteArray();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open() throws IOException {
        out.flush();
        return Files.newInputStream(file.orElseThrow());
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (file.isPresent()) {
            Files.deleteIfExists(file.get());
        }
    }
}
