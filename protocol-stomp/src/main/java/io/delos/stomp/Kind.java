package io.delos.stomp;

import io.delos.message.MalformedMessageException;
import java.util.function.Function;

/** What the text of a stored header stands for. A client's headers are all text; numbers come from the broker. Codes live for ever. */
enum Kind {

    TEXT(0, String.class, text -> text),
    BYTE(1, Byte.class, Byte::valueOf),
    SHORT(2, Short.class, Short::valueOf),
    INT(3, Integer.class, Integer::valueOf),
    LONG(4, Long.class, Long::valueOf),
    FLOAT(5, Float.class, Float::valueOf),
    DOUBLE(6, Double.class, Double::valueOf),
    BOOLEAN(7, Boolean.class, Boolean::valueOf);

    private final byte code;
    private final Class<?> type;
    private final Function<String, Object> parser;

    Kind(int code, Class<?> type, Function<String, Object> parser) {
        this.code = (byte) code;
        this.type = type;
        this.parser = parser;
    }

    byte code() {
        return code;
    }

    Object parse(String text) {
        try {
            return parser.apply(text);
        } catch (NumberFormatException damaged) {
            throw new MalformedMessageException("a stored STOMP header is not of its kind", damaged);
        }
    }

    static Kind of(int code) {
        for (Kind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new MalformedMessageException("a stored STOMP header is of an unknown kind (" + code + ")");
    }

    /** How this value is kept; everything without a kind of its own as text. */
    static Kind of(Object value) {
        for (Kind kind : values()) {
            if (kind.type == value.getClass()) {
                return kind;
            }
        }
        return TEXT;
    }
}
