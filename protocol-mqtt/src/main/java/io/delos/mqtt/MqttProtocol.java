package io.delos.mqtt;

import io.delos.config.TransportOptions;
import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import java.util.Optional;
import java.util.Set;

/** MQTT on one acceptor. Stateless between connections. */
final class MqttProtocol implements Protocol {

    private static final int CONNECT = 0x10;

    private final Terms terms;

    MqttProtocol(Terms terms) {
        this.terms = terms;
    }

    /** What an acceptor's connections have in common: reading it from the acceptor's parameters takes longer than a login. */
    record Terms(MqttOptions options, TransportOptions.Naming naming, Ledgers ledgers, Optional<SysTopics> sys) { }

    @Override
    public String name() {
        return MqttProvider.NAME;
    }

    /** A CONNECT: its type, one to four bytes of length, and the protocol's name, {@code MQTT} or {@code MQIsdp} (acceptor, 2). */
    @Override
    public boolean recognises(ByteBuf firstEight) {
        int start = firstEight.readerIndex();
        if (firstEight.getUnsignedByte(start) != CONNECT) {
            return false;
        }
        int at = 1;
        while (at < 5 && (firstEight.getByte(start + at) & 0x80) != 0) {
            at++;
        }
        if (at == 5 || firstEight.getByte(start + at + 1) != 0) {
            return false;
        }
        int length = firstEight.getByte(start + at + 2);
        if (length != 4 && length != 6) {
            return true;
        }
        boolean enough = at + 4 < 8;
        return firstEight.getByte(start + at + 3) == 'M' && (!enough || firstEight.getByte(start + at + 4) == 'Q');
    }

    @Override
    public Set<String> webSocketNames() {
        return Set.of("mqtt", "mqttv3.1");
    }

    /** MQTT 5, 6. */
    @Override
    public boolean takesText() {
        return false;
    }

    @Override
    public void attach(Channel channel, Connection connection) {
        MqttHandler handler = new MqttHandler(connection, terms);
        boolean strictUtf8 = true;
        channel.pipeline().addLast(handler.frames(), new MqttDecoder(MqttOptions.LARGEST_PACKET, 0xFFFF, strictUtf8), handler);
    }
}
