package io.delos.mqtt;

import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.Unit;
import java.util.List;

/** What an acceptor's URL says for MQTT (mqtt document, section 1). */
record MqttOptions(
    @Setting(name = "defaultMqttSessionExpiryInterval", value = "-1", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, unit = Unit.SECONDS,
        text = "how long a 3.x session that isn't clean outlives its connection; -1 for ever") int sessionExpiryInterval,
    @Setting(name = "topicAliasMaximum", value = "65535", check = Check.NOT_NEGATIVE_OR_MINUS_ONE,
        text = "topic aliases a client may use; 0 or -1 none, and -1 doesn't tell it") int topicAliasMaximum,
    @Setting(name = "receiveMaximum", value = "65535", check = Check.POSITIVE_OR_MINUS_ONE,
        text = "unanswered QoS 1 and 2 messages a client may have sent; -1 for the protocol's own limit") int receiveMaximum,
    @Setting(name = "maximumPacketSize", value = "268435455", check = Check.POSITIVE_INT_OR_MINUS_ONE, unit = Unit.BYTES,
        text = "largest packet a client may send; -1 for the protocol's own limit") int maximumPacketSize,
    @Setting(name = "serverKeepAlive", value = "60", check = Check.NOT_NEGATIVE_OR_MINUS_ONE, unit = Unit.SECONDS,
        text = "longest keep-alive a client may choose; -1 any, 0 none is kept") int serverKeepAlive,
    @Setting(name = "closeMqttConnectionOnPublishAuthorizationFailure", value = "true",
        text = "a 3.1.1 client that may not publish is disconnected; otherwise its message is dropped") boolean closeOnPublishRefusal,
    @Setting(name = "allowLinkStealing", value = "true", text = "a client id that connects again takes over") boolean allowLinkStealing,
    @Setting(name = "defaultMaximumInFlightPublishMessages", value = "65535", check = Check.POSITIVE,
        text = "unacknowledged messages sent to a client that gives no limit") int maximumInFlight,
    @Setting(name = "authenticationMethods", value = "SCRAM-SHA-256,SCRAM-SHA-512",
        text = "methods of enhanced authentication that MQTT 5 clients may choose") List<String> authenticationMethods,
    @Setting(name = "saslLoginConfigScope", value = "amqp-sasl-gssapi",
        text = "the entry of login.config that SCRAM asks; without it, the one that all logins ask") String loginConfigScope,
    @Setting(name = "responseInformation", value = "",
        text = "with its client id behind it, told to a client that asks where to have answers sent to; nothing if empty")
        String responseInformation,
    @Setting(name = "validatePayloadFormat", value = "false",
        text = "a message that says it is text and isn't UTF-8 is refused with 0x99") boolean validatePayloadFormat,
    @Setting(name = "sysInterval", value = "10", check = Check.NOT_NEGATIVE, unit = Unit.SECONDS,
        text = "how often who subscribes to topics below $SYS is told what these say; 0 if there are to be no such topics") int sysInterval) {

    /** Largest packet of the protocol, in bytes: as much as a remaining length can say, and its own header. */
    static final int LARGEST_PACKET = 268_435_455 + 5;
    /** Most packet ids there are. */
    static final int PACKET_IDS = 65_535;

    /** The largest packet to be read, header included, in bytes. */
    int packetLimit(MqttLevel level) {
        return level != MqttLevel.V5 || maximumPacketSize <= 0 || maximumPacketSize >= 268_435_455 ? LARGEST_PACKET : maximumPacketSize;
    }

    /** How many unanswered messages of QoS 1 and 2 a client may have under way. */
    int inboundWindow() {
        return receiveMaximum <= 0 ? PACKET_IDS : Math.min(receiveMaximum, PACKET_IDS);
    }

    /** The highest topic alias a client may use. */
    int highestAlias() {
        return Math.max(0, Math.min(topicAliasMaximum, PACKET_IDS));
    }

    /** The keep-alive in seconds that counts for a client that asks for {@code asked}; 0 for none. */
    int keepAlive(int asked) {
        return imposes(asked) ? serverKeepAlive : asked;
    }

    /** Whether the client has to be told that another keep-alive counts. */
    boolean imposes(int asked) {
        return serverKeepAlive >= 0 && (asked == 0 || asked > serverKeepAlive);
    }
}
