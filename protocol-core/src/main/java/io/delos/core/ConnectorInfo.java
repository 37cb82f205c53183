package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where another broker can be reached, as topology updates say it. Values are {@code Boolean}, {@code Integer}, {@code Long} or {@code String}. */
record ConnectorInfo(String name, String factory, Map<String, Object> parameters) {
    /** What clients expect for a TCP address; they compare the text, and nobody here loads such a class. */
    static final String TCP_FACTORY = "org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory";

    static ConnectorInfo read(ByteBuf in) throws MalformedPacketException {
        String name = Wire.readString(in);
        String factory = Wire.readString(in);
        int count = in.readInt();
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            parameters.put(Wire.readString(in), readParameter(in));
        }
        return new ConnectorInfo(name, factory, parameters);
    }

    void write(ByteBuf out) {
        Wire.writeString(out, name);
        Wire.writeString(out, factory);
        out.writeInt(parameters.size());
        parameters.forEach((key, value) -> {
            Wire.writeString(out, key);
            writeParameter(out, value);
        });
    }

    static Optional<ConnectorInfo> readOptional(ByteBuf in) throws MalformedPacketException {
        return Wire.readBoolean(in) ? Optional.of(read(in)) : Optional.empty();
    }

    static void writeOptional(ByteBuf out, Optional<ConnectorInfo> connector) {
        Wire.writeBoolean(out, connector.isPresent());
        connector.ifPresent(present -> present.write(out));
    }

    private static Object readParameter(ByteBuf in) throws MalformedPacketException {
        byte kind = in.readByte();
        return switch (kind) {
            case 0 -> Wire.readBoolean(in);
            case 1 -> in.readInt();
            case 2 -> in.readLong();
            case 3 -> Wire.readString(in);
            default -> throw new MalformedPacketException("no connector parameter of kind " + kind);
        };
    }

    private static void writeParameter(ByteBuf out, Object value) {
        if (value instanceof Boolean b) {
            Wire.writeBoolean(out.writeByte(0), b);
        } else if (value instanceof Integer i) {
            out.writeByte(1).writeInt(i);
        } else if (value instanceof Long l) {
            out.writeByte(2).writeLong(l);
        } else {
            Wire.writeString(out.writeByte(3), String.valueOf(value));
        }
    }
}
