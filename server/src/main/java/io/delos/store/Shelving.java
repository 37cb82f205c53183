package io.delos.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What changes a {@link Shelf}. Immutable. */
public sealed interface Shelving extends Fact {

    byte SHELVED = 21;
    byte UNSHELVED = 22;

    /** The key it is about. */
    String key();

    static Shelving read(byte type, ByteBuffer in) {
        String key = Wire.getText(in);
        return switch (type) {
            case SHELVED -> {
                byte[] value = new byte[in.remaining()];
                in.get(value);
                yield new Shelved(key, value);
            }
            case UNSHELVED -> new Unshelved(key, in.getLong());
            default -> throw new IllegalStateException("a change of the shelf of the unknown type " + type);
        };
    }

    /** A key has this value, which stays where this fact lies. Replaces the one before. */
    record Shelved(String key, byte[] value) implements Shelving {
        @Override
        public byte type() {
            return SHELVED;
        }

        @Override
        public int size() {
            return Wire.size(key) + value.length;
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, key);
            out.put(value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Shelved that && key.equals(that.key) && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return key.hashCode() * 31 + Arrays.hashCode(value);
        }
    }

    /** A key has no value any more, if its value is the one at this position, or whichever it is. */
    record Unshelved(String key, long position) implements Shelving {

        /** Whichever value there is. */
        static final long ANY = 0;

        /** Whatever value the key has. */
        public static Unshelved any(String key) {
            return new Unshelved(key, ANY);
        }

        @Override
        public byte type() {
            return UNSHELVED;
        }

        @Override
        public int size() {
            return Wire.size(key) + 8;
        }

        @Override
        public void write(ByteBuffer out) {
            Wire.put(out, key);
            out.putLong(position);
        }
    }
}
