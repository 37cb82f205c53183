package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A branch of a distributed transaction. The two ids are opaque bytes, never written to. */
record Xid(int format, byte[] branch, byte[] global) {
    static Xid read(ByteBuf in) throws MalformedPacketException {
        return new Xid(in.readInt(), Wire.readBytes(in), Wire.readBytes(in));
    }

    void write(ByteBuf out) {
        out.writeInt(format);
        Wire.writeBytes(out, branch);
        Wire.writeBytes(out, global);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Xid xid && format == xid.format && Arrays.equals(branch, xid.branch) && Arrays.equals(global, xid.global);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * format + Arrays.hashCode(branch)) + Arrays.hashCode(global);
    }
}
