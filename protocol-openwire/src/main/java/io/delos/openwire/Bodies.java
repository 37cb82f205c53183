package io.delos.openwire;

import io.delos.message.Content;
import io.delos.message.Readable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The bodies of the kinds of message, to and from the neutral form. Stateless; any thread. */
final class Bodies {

    /** A body isn't inflated beyond this, in bytes: a sixteenth of the heap, which has to hold it more than once. */
    static final int LARGEST_INFLATED = (int) Math.min(100 << 20, Runtime.getRuntime().maxMemory() / 16);

    private static final int STEP = 64 * 1024;

    private Bodies() {
    }

    /** What a message of this kind says. */
    static Content read(int kind, WireMessage.Body body) throws MalformedFrameException {
        Slice content = body.content();
        if (body.compressed() && content.present()) {
            // the bytes of a bytes message are preceded by their number, which inflating finds out by itself
            content = inflate(content, kind == Types.BYTES_MESSAGE ? Integer.BYTES : 0);
        }
        return switch (kind) {
            case Types.TEXT_MESSAGE -> new Content.Text(content.present() ? Primitives.bigText(content) : "");
            case Types.BYTES_MESSAGE -> new Content.Bytes(content.copy());
            case Types.MAP_MESSAGE -> new Content.Mapping(content.length() > 0 ? Primitives.map(content) : Map.of());
            case Types.STREAM_MESSAGE -> new Content.Sequence(Primitives.sequence(content));
            case Types.OBJECT_MESSAGE -> new Content.Serialized(content.copy());
            default -> new Content.Empty();
        };
    }

    private static Slice inflate(Slice deflated, int skip) throws MalformedFrameException {
        if (deflated.length() < skip) {
            throw new MalformedFrameException("a compressed body of " + deflated.length() + " bytes");
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated.array(), deflated.offset() + skip, deflated.length() - skip);
            byte[] whole = new byte[Math.min(STEP, deflated.length() * 4 + 16)];
            int at = 0;
            while (!inflater.finished()) {
                if (at == whole.length) {
                    if (at >= LARGEST_INFLATED) {
                        throw new MalformedFrameException("a compressed body of more than " + LARGEST_INFLATED + " bytes");
                    }
                    whole = Arrays.copyOf(whole, Math.min(LARGEST_INFLATED, at * 2));
                }
                int got = inflater.inflate(whole, at, whole.length - at);
                at += got;
                if (got == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new MalformedFrameException("a compressed body that is not complete");
                }
            }
            return new Slice(whole, 0, at);
        } catch (DataFormatException notDeflated) {
            throw new MalformedFrameException("a body that says it is compressed but isn't");
        } finally {
            inflater.end();
        }
    }

    /** The kind of message that says this. */
    static int kind(Content content) {
        if (content instanceof Content.Text) {
            return Types.TEXT_MESSAGE;
        } else if (content instanceof Content.Bytes) {
            return Types.BYTES_MESSAGE;
        } else if (content instanceof Content.Mapping) {
            return Types.MAP_MESSAGE;
        } else if (content instanceof Content.Sequence) {
            return Types.STREAM_MESSAGE;
        } else if (content instanceof Content.Serialized) {
            return Types.OBJECT_MESSAGE;
        }
        return Types.MESSAGE;
    }

    /** Clients read no maps and lists in a stream. */
    private static Object flat(Object value) {
        return value instanceof Map || value instanceof List ? Readable.json(value) : value;
    }

    static Slice write(Content content) {
        if (content instanceof Content.Text text) {
            return Slice.of(Primitives.encodeBigText(text.text()));
        } else if (content instanceof Content.Bytes bytes) {
            return Slice.of(bytes.bytes());
        } else if (content instanceof Content.Mapping mapping) {
            return Slice.of(Primitives.encode(mapping.entries()));
        } else if (content instanceof Content.Sequence sequence) {
            return Slice.of(Primitives.encode(sequence.values().stream().map(Bodies::flat).toList()));
        } else if (content instanceof Content.Serialized serialized) {
            return Slice.of(serialized.bytes());
        }
        return Slice.ABSENT;
    }
}
