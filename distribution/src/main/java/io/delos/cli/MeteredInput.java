package io.delos.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lets no more than so many bytes through between two moments, so that whoever reads never has to keep more. */
final class MeteredInput extends FilterInputStream {

    private final long most;
    private long since;

    MeteredInput(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    /** All that came so far has been dealt with. */
    void dealtWith() {
        since = 0;
    }

    private int count(int got) throws IOException {
        since += Math.max(0, got);
        if (since > most) {
            throw new IOException("a single tag or section of more than " + most + " bytes, which is what this much memory (-Xmx) allows");
        }
        return got;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        count(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return count(super.read(target, offset, length));
    }
}
