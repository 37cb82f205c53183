package io.delos.amqp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which content types are text (interop document, section 2). */
final class ContentTypes {

    private static final Set<String> TEXTUAL = Set.of("application/json", "application/xml", "application/javascript",
            "application/ecmascript", "application/xml-dtd");

    private ContentTypes() { }

    /** The bytes as text, if their type says that they are and they are well-formed UTF-8. */
    static Optional<String> text(String contentType, byte[] bytes) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";");
        String type = parts[0].trim();
        if (!type.startsWith("text/") && !TEXTUAL.contains(type)
                && !(type.startsWith("application/") && (type.endsWith("+json") || type.endsWith("+xml")))) {
            return Optional.empty();
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }
}
