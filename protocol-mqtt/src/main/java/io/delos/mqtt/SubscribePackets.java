package io.delos.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** SUBSCRIBE and UNSUBSCRIBE of one connection (MQTT 5, 3.8 to 3.11): judged, done one after the other, and answered. Owned by the connection's loop. */
final class SubscribePackets {

    /** Filters that are subscribed to at once. */
    private static final int MOST_FILTERS = 512;

    private final MqttSession session;
    private final MqttSession.Setup setup;
    private final Arrival.Host host;
    private final Queue<MqttMessage> waiting;

    /** @param waiting packets that come behind the one that is being looked at */
    SubscribePackets(MqttSession session, MqttSession.Setup setup, Arrival.Host host, Queue<MqttMessage> waiting) {
        this.session = session;
        this.setup = setup;
        this.host = host;
        this.waiting = waiting;
    }

    /** Those that wait right behind it, for other filters, are done with it: what they write is synced once. */
    void subscribe(MqttSubscribeMessage packet) {
        List<SubscribeExchange.Ask> asks = new ArrayList<>();
        Set<String> filters = new HashSet<>();
        boolean sound = ask(packet, asks, filters);
        while (sound && filters.size() < MOST_FILTERS && waiting.peek() instanceof MqttSubscribeMessage following && joins(following, filters)) {
            waiting.poll();
            sound = ask(following, asks, filters);
        }
        if (!asks.isEmpty() && !host.closed()) {
            host.pause();
            new SubscribeExchange(session, setup, asks, host::goOn).begin();
        }
    }

    private boolean joins(MqttSubscribeMessage packet, Set<String> filters) {
        return packet.decoderResult().isSuccess() && PacketRules.check(packet, session.level()).isEmpty()
                && packet.payload().topicSubscriptions().stream().noneMatch(each -> filters.contains(each.topicFilter()));
    }

    /** False if it ended the connection. */
    private boolean ask(MqttSubscribeMessage packet, List<SubscribeExchange.Ask> asks, Set<String> filters) {
        if (!sound(PacketRules.check(packet, session.level()))) {
            return false;
        }
        int packetId = packet.variableHeader().messageId();
        List<SubscriptionOptions> wanted = SubscribeExchange.wanted(packet);
        PacketWriter writer = setup.writer();
        if (session.level() == MqttLevel.V5 && session.inbound().uses(packetId)) {
            writer.packet(Replies.suback(writer.manner(), packetId, Collections.nCopies(wanted.size(), MqttErrors.ID_IN_USE),
                    "the packet id is that of a message that is not released"));
        } else {
            wanted.forEach(each -> filters.add(each.filter()));
            asks.add(new SubscribeExchange.Ask(wanted, (codes, why) -> answer(Replies.suback(writer.manner(), packetId, codes, why))));
        }
        return true;
    }

    void unsubscribe(MqttUnsubscribeMessage packet) {
        if (sound(PacketRules.check(packet))) {
            host.pause();
            int packetId = packet.variableHeader().messageId();
            new UnsubscribeExchange(session, setup.loop(), packet.payload().topics(), codes -> {
                answer(Replies.unsuback(setup.writer().manner(), packetId, codes, ""));
                host.goOn();
            }).begin();
        }
    }

    private boolean sound(Optional<PacketRules.Fault> fault) {
        fault.ifPresent(found -> host.fail(found.code(), found.sentence()));
        return fault.isEmpty();
    }

    /** One that the client can't take would be waited for without end. */
    private void answer(ByteBuf packet) {
        if (!setup.writer().packet(packet)) {
            host.fail(MqttErrors.TOO_LARGE, "an answer is larger than the client takes");
        }
    }
}
