package io.delos.cli;

import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes an export as Artemis does: addresses, queues, then messages, each as it comes. Nothing is kept. What XML can't hold is written so that
 * only {@link ExportReader} reads it back.
 */
final class ExportWriter {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder();
    /** Bytes of a large body in each of its sections. */
    private static final int SECTION = 1000;
    /** Bytes encoded at once; a multiple of three, so that the pieces fit together. */
    private static final int PIECE = 3 << 13;

    private final Writer out;
    private boolean inMessages;

    ExportWriter(OutputStream out) throws IOException {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        line("");
        line("<" + ExportReader.ROOT + ">");
        line("   <bindings>");
    }

    void address(long id, String name, Set<RoutingType> types) throws IOException {
        out.write("      <address-binding");
        attribute("routing-types", types.stream().map(Enum::name).sorted().collect(Collectors.joining(",")));
        attribute("name", name(name));
        attribute("id", String.valueOf(id));
        line("/>");
    }

    void queue(long id, QueueConfig queue) throws IOException {
        out.write("      <queue-binding");
        attribute("address", name(queue.address()));
        attribute("filter-string", name(queue.filter()));
        attribute("name", name(queue.name()));
        attribute("id", String.valueOf(id));
        attribute("routing-type", queue.routingType().name());
        line("/>");
    }

    private static String name(String name) throws IOException {
        if (!Characters.fit(name)) {
            throw new IOException("the name or filter '" + name + "' has characters that XML can't hold");
        }
        return name;
    }

    private void beginMessages() throws IOException {
        if (!inMessages) {
            inMessages = true;
            line("   </bindings>");
            line("   <messages>");
        }
    }

    /** Writes a body that is not in memory. */
    interface Body {
        void to(OutputStream target) throws IOException;
    }

    void message(ExportedMessage exported) throws IOException {
        head(exported);
        body(exported.message());
        line("      </message>");
    }

    /** A large message, whose body comes piece by piece. */
    void message(ExportedMessage exported, Body body) throws IOException {
        head(exported);
        line("         <body isLarge=\"true\">");
        out.write("            ");
        Sections sections = new Sections();
        body.to(sections);
        sections.end();
        line("");
        line("         </body>");
        line("      </message>");
    }

    /** Cuts what is written into it into sections of their own. */
    private final class Sections extends OutputStream {
        private final byte[] gathered = new byte[SECTION];
        private int length;
        private boolean begun;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            int at = from;
            while (at < from + count) {
                int part = Math.min(SECTION - length, from + count - at);
                System.arraycopy(bytes, at, gathered, length, part);
                length += part;
                at += part;
                if (length == SECTION) {
                    put();
                }
            }
        }

        /** The last one is shorter; it is written when the body's end is. */
        private void put() throws IOException {
            out.write(begun ? "\n            " : "");
            begun = true;
            section(gathered, 0, length);
            length = 0;
        }

        void end() throws IOException {
            if (length > 0) {
                put();
            }
        }
    }

    private void head(ExportedMessage exported) throws IOException {
        beginMessages();
        RawMessage message = exported.message();
        out.write("      <message");
        attribute("id", String.valueOf(exported.id()));
        attribute("priority", String.valueOf(message.priority()));
        attribute("expiration", String.valueOf(message.expiration()));
        attribute("timestamp", String.valueOf(message.timestamp()));
        attribute("type", message.kind().name().toLowerCase(Locale.ROOT));
        if (message.userId().isPresent()) {
            attribute("user-id", message.userId().get().toString());
        }
        if (exported.address().isPresent()) {
            attribute("address", name(exported.address().get()));
        }
        line(">");
        line("         <properties>");
        for (Map.Entry<String, Object> property : message.properties().entrySet()) {
            property(property.getKey(), property.getValue());
        }
        line("         </properties>");
        line("         <queues>");
        for (String queue : exported.queues()) {
            out.write("            <queue");
            attribute("name", name(queue));
            line("/>");
        }
        line("         </queues>");
    }

    private void property(String name, Object value) throws IOException {
        String type = value == null ? "bytes" : type(value);
        String text = value == null ? ExportReader.NULL_VALUE : TypedValues.textOf(value);
        String encoded = "";
        out.write("            <property");
        if (Characters.fit(name)) {
            attribute("name", name);
        } else {
            encoded = "name";
            attribute("name", BASE64.encodeToString(Characters.write(name)));
        }
        if (Characters.fit(text)) {
            attribute("value", text);
        } else {
            encoded = encoded.isEmpty() ? "value" : encoded + " value";
            attribute("value", BASE64.encodeToString(Characters.write(text)));
        }
        attribute("type", type);
        if (!encoded.isEmpty()) {
            attribute(ExportReader.ENCODED, encoded);
        }
        line("/>");
    }

    private static String type(Object value) {
        return value instanceof String || value instanceof Character ? "simple-string" : TypedValues.typeOf(value);
    }

    private void body(RawMessage message) throws IOException {
        byte[] body = message.body();
        line(message.large() ? "         <body isLarge=\"true\">" : "         <body>");
        out.write("            ");
        if (message.large()) {
            for (int at = 0; at < body.length; at += SECTION) {
                out.write(at == 0 ? "" : "\n            ");
                section(body, at, Math.min(body.length, at + SECTION));
            }
        } else {
            section(body, 0, body.length);
        }
        line("");
        line("         </body>");
    }

    private void section(byte[] body, int from, int to) throws IOException {
        out.write("<![CDATA[");
        for (int at = from; at < to; at += PIECE) {
            ByteBuffer encoded = BASE64.encode(ByteBuffer.wrap(body, at, Math.min(PIECE, to - at)));
            out.write(new String(encoded.array(), 0, encoded.limit(), StandardCharsets.ISO_8859_1));
        }
        out.write("]]>");
    }

    /** Writes the end, and all that is still on its way. */
    void end() throws IOException {
        beginMessages();
        line("   </messages>");
        line("</" + ExportReader.ROOT + ">");
        out.flush();
    }

    private void line(String rest) throws IOException {
        out.write(rest);
        out.write('\n');
    }

    private void attribute(String name, String value) throws IOException {
        out.write(' ');
        out.write(name);
        out.write("=\"");
        for (int i = 0; i < value.length(); i++) {
            character(value.charAt(i));
        }
        out.write('"');
    }

    private void character(char c) throws IOException {
        switch (c) {
            case '&' -> out.write("&amp;");
            case '<' -> out.write("&lt;");
            case '>' -> out.write("&gt;");
            case '"' -> out.write("&quot;");
            case '\t' -> out.write("&#9;");
            case '\n' -> out.write("&#10;");
            case '\r' -> out.write("&#13;");
            default -> out.write(c);
        }
    }
}
