package io.delos.config;

import java.util.Optional;

/** How an address hands on what it is sent. The code is what journals, messages and protocols carry. */
public enum RoutingType {
    /** To every queue of the address. */
    MULTICAST((byte) 0),
    /** To one queue of the address. */
    ANYCAST((byte) 1);

    private final byte code;

    RoutingType(byte code) {
        this.code = code;
    }

    public byte code() {
        return code;
    }

    /** Empty for a code nobody assigned: it may come from the network. */
    public static Optional<RoutingType> ofCode(int code) {
        switch (code) {
            case 0: return Optional.of(MULTICAST);
            case 1: return Optional.of(ANYCAST);
            default: return Optional.empty();
        }
    }
}
