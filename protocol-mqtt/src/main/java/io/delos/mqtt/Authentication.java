package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.Optional;

/**
 * Enhanced authentication (MQTT 5, 4.12) by the method a client has chosen, as a part of CONNECT and again later: AUTH packets both ways
 * until the method is satisfied. Owned by the connection's loop.
 * <pre>
 *   OVER ── begin ──► THINKING ── AUTH 0x18 to the client ──► ASKED ── AUTH 0x18 of the client ──► THINKING
 *    ▲                    │
 *    └── proved, refused ─┘
 * </pre>
 */
final class Authentication {

    private static final byte[] NOTHING = new byte[0];

    private enum State { OVER, THINKING, ASKED }

    /** What becomes of one run. */
    interface Listener {
        /** The client has been asked for more. */
        void asked();

        /** It has proved who it is; told with what it is owed as an answer. */
        void proved(byte[] data);

        void refused(int code, String sentence);
    }

    private final String name;
    private final AuthMethods methods;
    private final Client client;
    private final PacketWriter writer;
    private State state = State.OVER;
    private AuthMethod method;
    private Listener listener;

    Authentication(String name, AuthMethods methods, Client client, PacketWriter writer) {
        this.name = name;
        this.methods = methods;
        this.client = client;
        this.writer = writer;
    }

    /** The data in a packet's properties. */
    static byte[] data(MqttProperties properties) {
        return Props.bytes(properties, MqttProperties.AUTHENTICATION_DATA).orElse(NOTHING);
    }

    /** Begins a run with what the client has said first. */
    void begin(byte[] said, Listener told) {
        listener = told;
        Optional<AuthMethod> started = methods.start(name, client);
        if (started.isEmpty()) {
            told.refused(MqttErrors.BAD_METHOD, "this authentication method is not offered");
        } else {
            method = started.get();
            said(said);
        }
    }

    /**
     * An AUTH packet has come; false if it is out of turn.
     *
     * @param again told of a new run, if the client may begin one now
     */
    boolean takes(int code, MqttProperties properties, Optional<Listener> again) {
        boolean mine = Props.text(properties, MqttProperties.AUTHENTICATION_METHOD).filter(name::equals).isPresent();
        if (mine && code == MqttErrors.CONTINUE && state == State.ASKED) {
            said(data(properties));
            return true;
        }
        boolean begins = mine && code == MqttErrors.AGAIN && state == State.OVER && again.isPresent();
        if (begins) {
            begin(data(properties), again.get());
        }
        return begins;
    }

    private void said(byte[] data) {
        state = State.THINKING;
        method.take(data, Reply.of(this::answered, this::refused));
    }

    private void answered(AuthMethod.Step step) {
        if (step.complete()) {
            state = State.OVER;
            listener.proved(step.data());
        } else {
            state = State.ASKED;
            say(MqttErrors.CONTINUE, step.data());
            listener.asked();
        }
    }

    private void refused(BrokerException refusal) {
        state = State.OVER;
        int code = refusal.reason() == Reason.AUTHENTICATION_FAILED ? MqttErrors.BAD_METHOD : MqttErrors.code(refusal.reason());
        listener.refused(code, refusal.getMessage());
    }

    /** Writes an AUTH packet. */
    void say(int code, byte[] data) {
        writer.packet(Replies.auth(writer.manner(), code, addTo(new Fields(), data)));
    }

    /** Adds what every packet of it says. */
    Fields addTo(Fields fields, byte[] data) {
        fields.text(MqttProperties.AUTHENTICATION_METHOD, name);
        return data.length == 0 ? fields : fields.binary(MqttProperties.AUTHENTICATION_DATA, data);
    }
}
