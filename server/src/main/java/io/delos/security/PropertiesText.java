package io.delos.security;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A properties file that can be changed without losing its comments, its order or the way its other entries are written. One thread.
 */
final class PropertiesText {
    private static final int LARGEST = 64 << 20;

    private final List<Piece> pieces = new ArrayList<>();

    /**
     * A comment or blank line, or an entry with its continuation lines.
     *
     * @param key empty together with {@code isEntry} false
     */
    private record Piece(String text, boolean isEntry, String key, String value) {
    }

    private PropertiesText(String text) {
        StringBuilder logical = new StringBuilder();
        for (String line : text.split("\r\n|\n|\r", -1)) {
            logical.append(logical.length() > 0 ? "\n" : "").append(line);
            boolean comment = isComment(logical.toString());
            if (comment || !endsWithContinuation(line)) {
                pieces.add(comment ? new Piece(logical.toString(), false, "", "") : entry(logical.toString()));
                logical.setLength(0);
            }
        }
        if (logical.length() > 0) {
            pieces.add(entry(logical.toString()));
        }
        if (!pieces.isEmpty() && pieces.get(pieces.size() - 1).text.isEmpty()) {
            pieces.remove(pieces.size() - 1);
        }
    }

    static PropertiesText parse(String text) {
        return new PropertiesText(text);
    }

    /** UTF-8, or else ISO 8859-1, as the format once was. */
    static PropertiesText read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than " + LARGEST + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return new PropertiesText(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException notUtf8) {
            return new PropertiesText(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    private static boolean isComment(String line) {
        String stripped = line.stripLeading();
        return stripped.isEmpty() || stripped.charAt(0) == '#' || stripped.charAt(0) == '!';
    }

    private static boolean endsWithContinuation(String line) {
        int backslashes = 0;
        for (int i = line.length() - 1; i >= 0 && line.charAt(i) == '\\'; i--) {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static Piece entry(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException malformed) {
            return new Piece(text, false, "", "");
        }
        for (String key : properties.stringPropertyNames()) {
            return new Piece(text, true, key, properties.getProperty(key));
        }
        return new Piece(text, false, "", "");
    }

    /** All entries in order; the last of several with one key counts. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        for (Piece piece : pieces) {
            if (piece.isEntry) {
                values.put(piece.key, piece.value);
            }
        }
        return values;
    }

    /** Changes the entry where it stands, or adds one at the end. */
    void put(String key, String value) {
        Piece changed = new Piece(escaped(key, true) + " = " + escaped(value, false), true, key, value);
        int place = -1;
        for (int i = pieces.size() - 1; i >= 0; i--) {
            if (pieces.get(i).isEntry && pieces.get(i).key.equals(key)) {
                if (place >= 0) {
                    pieces.remove(place);
                }
                place = i;
            }
        }
        if (place >= 0) {
            pieces.set(place, changed);
        } else {
            pieces.add(changed);
        }
    }

    void remove(String key) {
        pieces.removeIf(piece -> piece.isEntry && piece.key.equals(key));
    }

    /** Writes the file so that a reader sees the old one or the new one, never a part. */
    void write(Path file) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path fresh = Files.createTempFile(real.getParent(), real.getFileName().toString(), ".new");
        try {
            Files.writeString(fresh, toString(), StandardCharsets.UTF_8);
            copyPermissions(real, fresh);
            Files.move(fresh, real, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        if (Files.exists(from) && Files.getFileStore(from).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        }
    }

    private static String escaped(String text, boolean key) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\f' -> escaped.append("\\f");
                case ' ' -> escaped.append(key || i == 0 ? "\\ " : " ");
                case '=', ':', '#', '!' -> escaped.append(key ? "\\" : "").append(c);
                default -> escaped.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\u%04X", (int) c));
            }
        }
        return escaped.toString();
    }

    @Override public String toString() {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text).append('\n'));
        return text.toString();
    }
}
