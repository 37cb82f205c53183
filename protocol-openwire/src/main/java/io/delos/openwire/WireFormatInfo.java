package io.delos.openwire;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The first thing both sides say: what they can do (section 3). Always in the loose encoding. */
record WireFormatInfo(int version, Map<String, Object> properties) {

    /** What the first frame of every connection has behind its type. */
    static final String MAGIC = "ActiveMQ";

    private static final String TIGHT = "TightEncodingEnabled";
    private static final String STACK_TRACES = "StackTraceEnabled";
    private static final String INACTIVITY = "MaxInactivityDuration";
    private static final String INITIAL_DELAY = "MaxInactivityDurationInitalDelay";

    /** What this broker can do. */
    static WireFormatInfo own(OpenWireOptions options) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("TcpNoDelayEnabled", true);
        properties.put("SizePrefixDisabled", false);
        properties.put("CacheSize", 1024);
        properties.put("CacheEnabled", false);
        properties.put(TIGHT, true);
        properties.put(STACK_TRACES, true);
        properties.put("MaxFrameSize", (long) options.maxFrameSize());
        properties.put("MaxFrameSizeEnabled", true);
        properties.put(INACTIVITY, options.maxInactivityDuration());
        properties.put(INITIAL_DELAY, options.maxInactivityInitialDelay());
        properties.put("ProviderName", "Delos");
        properties.put("PlatformDetails", "Java");
        return new WireFormatInfo(Wire.NEWEST, properties);
    }

    /** The reader stands behind the type. */
    static WireFormatInfo read(WireReader in) throws MalformedFrameException {
        String magic = new String(in.constant(MAGIC.length()), StandardCharsets.US_ASCII);
        if (!magic.equals(MAGIC)) {
            throw new MalformedFrameException("the first frame does not begin with " + MAGIC);
        }
        int version = in.number32();
        Slice properties = in.slice();
        return new WireFormatInfo(version, properties.present() ? Primitives.map(properties) : Map.of());
    }

    void write(WireWriter out) {
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        out.constant(magic, 0, magic.length);
        out.number32(version);
        out.slice(Slice.of(Primitives.encode(properties)));
    }

    /** What this side and the other have in common. */
    Wire agreeWith(WireFormatInfo other) throws MalformedFrameException {
        int common = Math.min(version, other.version);
        if (common < 1) {
            throw new MalformedFrameException("version " + other.version + " of the protocol does not exist");
        }
        return new Wire(common, flag(TIGHT) && other.flag(TIGHT), flag(STACK_TRACES) && other.flag(STACK_TRACES));
    }

    private boolean flag(String name) {
        return Boolean.TRUE.equals(properties.get(name));
    }

    /** How long the peer may be silent, in milliseconds; 0 for ever. */
    long inactivity() {
        return number(INACTIVITY);
    }

    /** How long before that counts, in milliseconds. */
    long initialDelay() {
        return number(INITIAL_DELAY);
    }

    private long number(String name) {
        return properties.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
    }
}
