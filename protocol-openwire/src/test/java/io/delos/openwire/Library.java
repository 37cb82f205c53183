package io.delos.openwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;

/** The clients' own library as the other side of the wire. */
final class Library {

    private final OpenWireFormat format = new OpenWireFormat();

    Library(Wire wire) {
        format.setVersion(wire.version());
        format.setTightEncodingEnabled(wire.tight());
        format.setStackTraceEnabled(wire.stackTraces());
        format.setCacheEnabled(false);
        format.setSizePrefixDisabled(false);
    }

    /** The frame it writes, without the length. */
    byte[] write(DataStructure command) {
        try {
            ByteSequence bytes = format.marshal(command);
            ByteBuf frame = Unpooled.wrappedBuffer(bytes.data, bytes.offset, bytes.length);
            int length = frame.readInt();
            if (length != frame.readableBytes()) {
                throw new IllegalStateException("length " + length + " of " + frame.readableBytes());
            }
            return ByteBufUtil.getBytes(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what we wrote, length and all. */
    @SuppressWarnings("unchecked")
    <T> T read(ByteBuf frame) {
        try {
            int length = frame.getInt(frame.readerIndex());
            if (length != frame.readableBytes() - 4) {
                throw new IllegalStateException("length " + length + " of " + (frame.readableBytes() - 4));
            }
            return (T) format.unmarshal(new ByteSequence(ByteBufUtil.getBytes(frame)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OpenWireFormat format() {
        return format;
    }
}
