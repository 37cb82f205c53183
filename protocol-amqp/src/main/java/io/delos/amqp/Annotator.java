package io.delos.amqp;

import io.delos.message.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a message anew with properties of the broker's added: a section that changes is rewritten entry by entry, the others are copied
 * as they are (AMQP document, section 9; address model, section 10.3). One use per message; not thread-safe.
 */
final class Annotator {

    private final byte[] bytes;
    private final String address;
    private final long expiration;
    /** Whether it goes to another address, so that more changes than its annotations. */
    private final boolean departs;
    private boolean addressed;
    private final Map<String, Object> annotations = new LinkedHashMap<>();
    private final Map<String, Object> application = new LinkedHashMap<>();
    private final AmqpWriter out;

    private Annotator(Message message, Map<String, Object> properties, long expiration, boolean departs) {
        this.departs = departs;
        this.addressed = !departs;
        this.bytes = message.bytes();
        this.address = message.address();
        this.expiration = expiration;
        this.out = new AmqpWriter(bytes.length + 256);
        properties.forEach((name, value) -> {
            Optional<String> annotation = Names.annotationOf(name);
            if (annotation.isPresent()) {
                annotations.put(annotation.get(), value);
            } else {
                application.put(name, value);
            }
        });
    }

    /** The message is one that is about to go to its envelope's address, which its {@code to} names from now on. */
    static byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        return new Annotator(message, properties, expiration, true).write();
    }

    /** The message stays where it is, and has these as well. */
    static byte[] note(Message message, Map<String, Object> properties) {
        return new Annotator(message, properties, 0, false).write();
    }

    private byte[] write() {
        AmqpReader reader = new AmqpReader(bytes);
        int start = 0;
        for (int section = reader.nextSection(); section != AmqpReader.END; section = reader.nextSection()) {
            int end = reader.endOfValue();
            insertBefore(section);
            writeSection(section, reader, start, end);
            reader.position(end);
            start = end;
        }
        insertBefore(AmqpReader.DATA);
        return out.toBytes();
    }

    /** Sections the message lacks, where they belong. */
    private void insertBefore(int section) {
        if (section > AmqpReader.MESSAGE_ANNOTATIONS) {
            writeAdditions(AmqpReader.MESSAGE_ANNOTATIONS, annotations, true);
        }
        if (section > AmqpReader.PROPERTIES && !addressed) {
            out.descriptor(AmqpReader.PROPERTIES);
            int place = out.beginList();
            writeTo(PropertiesField.TO);
            out.end(place, PropertiesField.TO + 1);
        }
        if (section > AmqpReader.APPLICATION_PROPERTIES) {
            writeAdditions(AmqpReader.APPLICATION_PROPERTIES, application, false);
        }
    }

    private void writeAdditions(int section, Map<String, Object> additions, boolean symbols) {
        if (!additions.isEmpty()) {
            out.descriptor(section);
            int place = out.beginMap();
            int count = add(additions, symbols);
            out.end(place, count);
        }
    }

    private void writeSection(int section, AmqpReader reader, int start, int end) {
        boolean stays = !departs && (section == AmqpReader.HEADER || section == AmqpReader.PROPERTIES);
        switch (stays ? AmqpReader.VALUE : section) {
            case AmqpReader.HEADER: writeHeader(reader); break;
            case AmqpReader.MESSAGE_ANNOTATIONS: merge(section, reader, annotations, true); break;
            case AmqpReader.APPLICATION_PROPERTIES: merge(section, reader, application, false); break;
            case AmqpReader.PROPERTIES: writeProperties(reader); break;
            default: out.raw(bytes, start, end);
        }
    }

    /** Durable and priority stay; the time to live follows the expiration, and deliveries are counted afresh. */
    private void writeHeader(AmqpReader reader) {
        int fields = Math.min(reader.enterList(), 2);
        out.descriptor(AmqpReader.HEADER);
        int place = out.beginList();
        copyFields(reader, fields);
        int written = fields;
        if (expiration > 0) {
            for (; written < 2; written++) {
                out.nothing();
            }
            out.uint(Math.min(Math.max(1, expiration - System.currentTimeMillis()), 0xffff_ffffL));
            written++;
        }
        out.end(place, written);
    }

    private void writeProperties(AmqpReader reader) {
        int fields = reader.enterList();
        out.descriptor(AmqpReader.PROPERTIES);
        int place = out.beginList();
        if (fields <= PropertiesField.TO) {
            copyFields(reader, fields);
            writeTo(PropertiesField.TO - fields);
        } else {
            copyFields(reader, PropertiesField.TO);
            reader.skip();
            writeTo(0);
            copyFields(reader, Math.min(fields, PropertiesField.ABSOLUTE_EXPIRY) - PropertiesField.TO - 1);
        }
        if (fields > PropertiesField.ABSOLUTE_EXPIRY) {
            reader.skip();
            if (expiration > 0) {
                out.timestamp(expiration);
            } else {
                out.nothing();
            }
            copyFields(reader, fields - PropertiesField.ABSOLUTE_EXPIRY - 1);
        }
        out.end(place, Math.max(fields, PropertiesField.TO + 1));
    }

    /** Writes the address, after as many absent fields as there are in front of it. */
    private void writeTo(int absent) {
        for (int i = 0; i < absent; i++) {
            out.nothing();
        }
        out.string(address);
        addressed = true;
    }

    private void copyFields(AmqpReader reader, int count) {
        int start = reader.position();
        for (int i = 0; i < count; i++) {
            reader.skip();
        }
        out.raw(bytes, start, reader.position());
    }

    private void merge(int section, AmqpReader reader, Map<String, Object> additions, boolean symbols) {
        int entries = reader.enterMap();
        out.descriptor(section);
        int place = out.beginMap();
        int count = 0;
        for (int i = 0; i < entries; i++) {
            int start = reader.position();
            Object key = reader.value();
            reader.skip();
            if (!(key instanceof String) || !additions.containsKey(key)) {
                out.raw(bytes, start, reader.position());
                count += 2;
            }
        }
        out.end(place, count + add(additions, symbols));
    }

    private int add(Map<String, Object> additions, boolean symbols) {
        int count = additions.size() * 2;
        additions.forEach((name, value) -> {
            if (symbols) {
                out.symbol(name);
            } else {
                out.string(name);
            }
            out.value(value);
        });
        additions.clear();
        return count;
    }
}
