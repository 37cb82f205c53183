package io.delos.amqp;

import io.delos.broker.Credentials;
import io.delos.message.MalformedMessageException;
import io.delos.spi.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The SASL layer of AMQP (part 5 §5.3): its frames, and what the mechanisms mean (AMQP document, section 2). Immutable; any thread. */
final class AmqpSasl {

    /** Outcome codes. */
    static final int OK = 0;
    static final int AUTH = 1;
    static final int SYS = 2;
    static final int SYS_TEMP = 4;
    /** No additional data. */
    static final byte[] NOTHING = new byte[0];

    private static final Logger LOG = LogManager.getLogger(AmqpSasl.class);
    private static final int MECHANISMS = 0x40;
    private static final int INIT = 0x41;
    private static final int CHALLENGE = 0x42;
    private static final int RESPONSE = 0x43;
    private static final int OUTCOME = 0x44;
    private static final List<String> FRAME_NAMES = List.of("amqp:sasl-mechanisms:list", "amqp:sasl-init:list", "amqp:sasl-challenge:list",
            "amqp:sasl-response:list", "amqp:sasl-outcome:list");
    private static final int FRAME_HEAD = 8;
    private static final int TYPE = 5;
    private static final int SASL_TYPE = 1;
    private static final String PLAIN = "PLAIN";
    private static final String ANONYMOUS = "ANONYMOUS";
    private static final String EXTERNAL = "EXTERNAL";
    private static final List<String> SCRAM = List.of("SCRAM-SHA-256", "SCRAM-SHA-512");
    private static final List<String> KNOWN = List.of(PLAIN, ANONYMOUS, EXTERNAL, SCRAM.get(0), SCRAM.get(1));

    private final List<String> offered;
    private final byte[] offer;
    private final String securityDomain;
    private final String loginEntry;

    /** What a client chose, with its first answer. */
    record Init(String mechanism, byte[] response) { }

    /**
     * What follows from a client's choice.
     *
     * @param credentials to log in with; empty for an anonymous client, which is judged when it opens, for SCRAM, or when {@code code} is a refusal
     * @param code        {@link #OK}, or the refusal
     */
    record Decision(Optional<Credentials> credentials, int code) { }

    AmqpSasl(AmqpOptions.Sasl options, String securityDomain) {
        this.securityDomain = securityDomain;
        this.loginEntry = options.loginConfigScope();
        List<String> configured = options.mechanisms();
        List<String> able = new ArrayList<>(configured);
        able.retainAll(KNOWN);
        if (able.size() < configured.size()) {
            LOG.warn("saslMechanisms={} names mechanisms this broker does not have; AMQP clients are offered {}", configured, able);
        }
        offered = List.copyOf(able);
        offer = mechanisms(offered);
    }

    /** The frame that offers the mechanisms; not to be changed. */
    byte[] mechanisms() {
        return offer;
    }

    private static byte[] mechanisms(List<String> offered) {
        AmqpWriter out = frame();
        out.descriptor(MECHANISMS);
        int list = out.beginList();
        // an array of symbols with four-byte sizes
        out.put(0xf0);
        int array = out.length();
        out.put32(0).put32(offered.size()).put(0xb3);
        for (String mechanism : offered) {
            byte[] name = Names.ascii(mechanism);
            out.put32(name.length).raw(name, 0, name.length);
        }
        out.set32(array, out.length() - array - 4);
        return finish(out.end(list, 1));
    }

    /** The entry of login.config that SCRAM asks, if there is one of that name. */
    String loginEntry() {
        return loginEntry;
    }

    static boolean isScram(String mechanism) {
        return SCRAM.contains(mechanism);
    }

    /** The frame that asks for more. */
    static byte[] challenge(byte[] text) {
        AmqpWriter out = frame();
        out.descriptor(CHALLENGE);
        int list = out.beginList();
        return finish(out.binary(text).end(list, 1));
    }

    /** The frame that tells how it ended. */
    static byte[] outcome(int code, byte[] additional) {
        AmqpWriter out = frame();
        out.descriptor(OUTCOME);
        int list = out.beginList();
        out.ubyte(code);
        return finish(additional.length == 0 ? out.end(list, 1) : out.binary(additional).end(list, 2));
    }

    private static AmqpWriter frame() {
        return new AmqpWriter(128).put32(0).put(2).put(1).put(0).put(0);
    }

    private static byte[] finish(AmqpWriter out) {
        out.set32(0, out.length());
        return out.toBytes();
    }

    /** Reads a whole frame that must be a client's choice; anything else is a {@link MalformedMessageException}. */
    static Init init(byte[] frame) {
        AmqpReader reader = open(frame, INIT);
        int fields = reader.enterList();
        if (fields == 0) {
            throw new MalformedMessageException("AMQP: a sasl-init names a mechanism");
        }
        String mechanism = reader.text();
        Object response = fields > 1 ? reader.value() : null;
        return new Init(mechanism, response instanceof byte[] ? (byte[]) response : NOTHING);
    }

    /** Reads a whole frame that must be a client's answer to a challenge; anything else is a {@link MalformedMessageException}. */
    static byte[] response(byte[] frame) {
        AmqpReader reader = open(frame, RESPONSE);
        Object response = reader.enterList() > 0 ? reader.value() : null;
        return response instanceof byte[] ? (byte[]) response : NOTHING;
    }

    private static AmqpReader open(byte[] frame, int expected) {
        int start = (frame[4] & 0xff) * 4;
        if (frame[TYPE] != SASL_TYPE || start < FRAME_HEAD || start > frame.length) {
            throw new MalformedMessageException("AMQP: a SASL frame is expected");
        }
        AmqpReader reader = new AmqpReader(frame, start, frame.length);
        if (reader.descriptor(MECHANISMS, FRAME_NAMES) != expected) {
            throw new MalformedMessageException("AMQP: another SASL frame is expected");
        }
        return reader;
    }

    /** What follows from a client's choice on this connection. */
    Decision decide(Init init, Connection connection) {
        if (!offered.contains(init.mechanism())) {
            return new Decision(Optional.empty(), SYS);
        }
        switch (init.mechanism()) {
            case PLAIN:
                return new Decision(Optional.of(plain(init.response(), connection)), OK);
            case EXTERNAL:
                if (connection.certificates().isEmpty()) {
                    return new Decision(Optional.empty(), SYS);
                }
                return init.response().length > 0 ? new Decision(Optional.empty(), AUTH)
                        : new Decision(Optional.of(credentials("", "", connection)), OK);
            default:
                return new Decision(Optional.empty(), OK);
        }
    }

    /** Credentials of a client that shows nothing but, perhaps, its certificate. */
    Credentials nobody(Connection connection) {
        return credentials("", "", connection);
    }

    private Credentials plain(byte[] response, Connection connection) {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        switch (parts.length) {
            case 2: return credentials(parts[0], parts[1], connection);
            case 3: return credentials(parts[1], parts[2], connection);
            default: return credentials("", "", connection);
        }
    }

    private Credentials credentials(String user, String password, Connection connection) {
        return new Credentials(user, password, connection.certificates(), securityDomain);
    }
}
