package io.delos.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Reads the part of XML that exports are made of: elements, attributes, text, its sections, comments, and the characters that have names or
 * numbers. There are no document types and no other entities. Unlike a parser of all of XML it leaves line breaks and control characters in
 * attributes as they are, since Artemis writes them like that. What is in memory is one tag, or a bounded piece of text. One thread.
 */
final class MarkupReader {

    /** What was found. */
    enum Event { START, END, TEXT, DONE }

    private static final int PIECE = 1 << 13;
    private static final int LONGEST_NAME = 1 << 10;
    private static final int DEEPEST = 64;
    /** Characters of a tag's attributes together. */
    private static final int LONGEST_TAG = 64 << 20;
    private static final int END_OF_FILE = -1;
    private static final int NOTHING = -2;

    private final Reader in;
    private final char[] buffer = new char[1 << 14];
    private final char[] text = new char[PIECE + 8];
    private final Map<String, String> attributes = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private int at;
    private int limit;
    private int back = NOTHING;
    private int line = 1;
    private int column;
    private int textLength;
    private String name = "";
    private boolean begun;
    private boolean inSection;
    private boolean endsAtOnce;
    private int brackets;

    MarkupReader(InputStream in) {
        this.in = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
    }

    /** Goes on to the next. */
    Event next() throws IOException {
        if (endsAtOnce) {
            endsAtOnce = false;
            return end(name);
        }
        while (true) {
            if (inSection || peek() != '<') {
                if (peek() == END_OF_FILE) {
                    return done();
                }
                if (text()) {
                    return Event.TEXT;
                }
                continue;
            }
            read();
            switch (peek()) {
                case '/' -> {
                    read();
                    String closed = name();
                    skipBlanks();
                    expect('>');
                    return end(closed);
                }
                case '?' -> skipPast("?>");
                case '!' -> special();
                default -> {
                    return start();
                }
            }
        }
    }

    /** The element that has just begun or ended. */
    String element() {
        return name;
    }

    /** What the element that has just begun says under this name; null if nothing. */
    String attribute(String wanted) {
        return attributes.get(wanted);
    }

    /** A piece of text: from the first char on. Valid until the next event. */
    char[] characters() {
        return text;
    }

    /** How many chars that piece has. */
    int length() {
        return textLength;
    }

    /** Something is not what it should be, here. */
    ExportFormatException wrong(String what, Throwable cause) {
        return new ExportFormatException(line, column, what, cause);
    }

    ExportFormatException wrong(String what) {
        return wrong(what, null);
    }

    private Event done() throws IOException {
        if (!open.isEmpty() || inSection) {
            throw wrong("the file ends in the middle of <" + open.peek() + ">");
        }
        if (!begun) {
            throw wrong("the file is empty");
        }
        return Event.DONE;
    }

    private Event start() throws IOException {
        name = name();
        if (begun && open.isEmpty()) {
            throw wrong("<" + name + "> behind the end of what the file is about");
        }
        begun = true;
        if (open.size() == DEEPEST) {
            throw wrong("elements in elements, more than " + DEEPEST + " of them");
        }
        open.push(name);
        attributes.clear();
        int room = LONGEST_TAG;
        for (skipBlanks(); peek() != '>' && peek() != '/'; skipBlanks()) {
            String attribute = name();
            skipBlanks();
            expect('=');
            skipBlanks();
            String value = value(room);
            room -= value.length();
            if (attributes.put(attribute, value) != null) {
                throw wrong("the attribute " + attribute + " twice");
            }
        }
        if (peek() == '/') {
            read();
            endsAtOnce = true;
        }
        expect('>');
        return Event.START;
    }

    private Event end(String closed) throws IOException {
        if (!closed.equals(open.peek())) {
            throw wrong("</" + closed + "> where <" + open.peek() + "> should end");
        }
        open.pop();
        name = closed;
        return Event.END;
    }

    private String name() throws IOException {
        String found = word(c -> c > ' ' && c != '/' && c != '>' && c != '=' && c != '<' && c != '"' && c != '\'');
        if (found.isEmpty()) {
            throw wrong(peek() == END_OF_FILE ? "the file ends in the middle of a tag" : "a name should be here");
        }
        return found.substring(found.indexOf(':') + 1);
    }

    private String word(IntPredicate part) throws IOException {
        StringBuilder word = new StringBuilder();
        while (part.test(peek())) {
            word.append((char) read());
            if (word.length() > LONGEST_NAME) {
                throw wrong("a name without end");
            }
        }
        return word.toString();
    }

    private String value(int room) throws IOException {
        int quote = read();
        if (quote != '"' && quote != '\'') {
            throw wrong("an attribute's value should be in quotation marks");
        }
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            int c = read();
            if (c == END_OF_FILE || c == '<') {
                throw wrong("an attribute's value that does not end");
            }
            if (c == '&') {
                value.appendCodePoint(reference());
            } else {
                value.append((char) c);
            }
            if (value.length() > room) {
                throw wrong("a tag of more than " + LONGEST_TAG + " characters");
            }
        }
        read();
        return value.toString();
    }

    /** The character that is named or numbered here, behind the ampersand. */
    private int reference() throws IOException {
        String called = word(c -> c > ' ' && c != ';' && c != '<' && c != '"');
        expect(';');
        switch (called) {
            case "lt": return '<';
            case "gt": return '>';
            case "amp": return '&';
            case "quot": return '"';
            case "apos": return '\'';
            default: break;
        }
        try {
            int number = called.startsWith("#x") ? Integer.parseInt(called.substring(2), 16)
                    : called.startsWith("#") ? Integer.parseInt(called.substring(1)) : -1;
            if (number > 0 && number <= Character.MAX_CODE_POINT) {
                return number;
            }
        } catch (NumberFormatException none) {
            // told below
        }
        throw wrong("the entity &" + called + "; is not known here");
    }

    /** A comment or a section; what else begins with an exclamation mark is refused. */
    private void special() throws IOException {
        read();
        if (peek() == '-') {
            read();
            expect('-');
            skipPast("-->");
            return;
        }
        if (peek() == '[' && !open.isEmpty()) {
            for (char c : "[CDATA[".toCharArray()) {
                expect(c);
            }
            inSection = true;
            return;
        }
        throw wrong("a document type or the like, which an export does not have");
    }

    /** Collects a piece of text; false if there is none. */
    private boolean text() throws IOException {
        textLength = 0;
        while (textLength < PIECE) {
            int c = peek();
            if (c == END_OF_FILE || c == '<' && !inSection) {
                break;
            }
            read();
            if (inSection) {
                if (section(c)) {
                    break;
                }
            } else if (c == '&') {
                textLength += Character.toChars(reference(), text, textLength);
            } else {
                text[textLength++] = (char) c;
            }
        }
        boolean blank = open.isEmpty();
        for (int i = 0; i < textLength && blank; i++) {
            if (text[i] > ' ' && text[i] != '\uFEFF') {
                throw wrong("text outside of all elements");
            }
        }
        return textLength > 0 && !blank;
    }

    /** Adds a char of a section; true if the section ended with it. */
    private boolean section(int c) {
        if (c == ']') {
            if (brackets == 2) {
                text[textLength++] = ']';
            } else {
                brackets++;
            }
            return false;
        }
        boolean ends = c == '>' && brackets == 2;
        for (; !ends && brackets > 0; brackets--) {
            text[textLength++] = ']';
        }
        brackets = 0;
        inSection = !ends;
        if (!ends) {
            text[textLength++] = (char) c;
        }
        return ends;
    }

    private void skipPast(String end) throws IOException {
        int matched = 0;
        while (matched < end.length()) {
            int c = read();
            if (c == END_OF_FILE) {
                throw wrong("the file ends in the middle of a comment");
            }
            if (c == end.charAt(matched)) {
                matched++;
            } else if (matched == 0 || c != end.charAt(matched - 1)) {
                matched = c == end.charAt(0) ? 1 : 0;
            }
        }
    }

    private void skipBlanks() throws IOException {
        while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') {
            read();
        }
    }

    private void expect(char wanted) throws IOException {
        int c = read();
        if (c != wanted) {
            throw wrong(c == END_OF_FILE ? "the file ends where '" + wanted + "' should be" : "'" + wanted + "' should be here");
        }
    }

    private int peek() throws IOException {
        if (back == NOTHING) {
            back = fetch();
        }
        return back;
    }

    private int read() throws IOException {
        int c = peek();
        back = NOTHING;
        if (c == '\n') {
            line++;
            column = 0;
        } else {
            column++;
        }
        return c;
    }

    private int fetch() throws IOException {
        if (at == limit) {
            try {
                limit = Math.max(0, in.read(buffer));
            } catch (CharacterCodingException broken) {
                throw wrong("not UTF-8", broken);
            }
            at = 0;
            if (limit == 0) {
                return END_OF_FILE;
            }
        }
        return buffer[at++];
    }
}
