package io.delos.openwire;

import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import io.delos.queue.Delivery;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.Optional;

/**
 * Writes one part's deliveries; owned by its connection's loop. A message whose sender spoke as this client does, and that goes where it was
 * sent, is copied as it is stored, with its number in its place. All else is decoded and written anew.
 */
final class DispatchWriter {

    /** Ids of messages that no OpenWire client has named have two numbers, each below this. */
    private static final long NUMBERS = Integer.MAX_VALUE;

    private final Member member;
    private final Line line;
    private final ConsumerId consumer;
    private final WireDestination.Kind kind;
    private final Wire wire;
    /** What stands before the message in each delivery from {@link #headAddress}. */
    private byte[] head = new byte[0];
    private String headAddress = "";

    DispatchWriter(Member member, ConsumerId consumer, WireDestination.Kind kind) {
        this.member = member;
        this.line = member.line();
        this.consumer = consumer;
        this.kind = kind;
        this.wire = line.wire();
    }

    /** MalformedMessageException if the message can't be shown to OpenWire clients. */
    void write(Delivery delivery, long sequence) {
        Message message = member.connection().broker().formats().translate(delivery.message(), MessageFormat.OPENWIRE);
        StoredMessage stored = new StoredMessage(message.bytes());
        String address = plain(message.address());
        int redeliveries = delivery.deliveryCount() - 1;
        if (stored.hasId() && stored.spokenBy(wire) && stored.goesTo(kind, address) && stored.expiration() == message.expiration()) {
            copy(stored, address, sequence, redeliveries);
        } else {
            writeAnew(stored, message, delivery, sequence);
        }
    }

    private static String plain(String address) {
        int separator = address.indexOf("::");
        return separator < 0 ? address : address.substring(0, separator);
    }

    private void copy(StoredMessage stored, String address, long sequence, int redeliveries) {
        byte[] before = head(address);
        int start = stored.frameStart();
        int length = stored.frameEnd() - start;
        int prefix = wire.tight() ? 1 + Integer.BYTES : 0;
        int total = before.length + prefix + length + Integer.BYTES;
        ByteBuf out = line.outbox().room(total + Integer.BYTES);
        out.writeInt(total).writeBytes(before);
        if (wire.tight()) {
            out.writeByte(stored.bytes()[start]).writeInt(length);
        }
        int at = out.writerIndex();
        out.writeBytes(stored.bytes(), start, length);
        out.setLong(at + stored.brokerSequence() - start, sequence);
        out.writeInt(redeliveries);
        line.outbox().written();
    }

    private byte[] head(String address) {
        if (!address.equals(headAddress)) {
            WireWriter out = line.writer().begin(Types.MESSAGE_DISPATCH);
            begin(out, address);
            out.encodedMessage();
            head = out.finished();
            headAddress = address;
        }
        return head;
    }

    private void begin(WireWriter out, String address) {
        out.number32(0);
        out.bool(false);
        consumer.write(out);
        new WireDestination(kind, address).write(out);
    }

    private void writeAnew(StoredMessage stored, Message message, Delivery delivery, long sequence) {
        String address = plain(message.address());
        WireMessage wireMessage = stored.read().withExpiration(message.expiration());
        WireDestination here = new WireDestination(kind, address);
        if (!wireMessage.labels().destination().equals(here)) {
            wireMessage = wireMessage.redirected(here);
        }
        MessageId id = wireMessage.labels().id().orElseGet(() -> made(delivery.messageId())).withBrokerSequence(sequence);
        wireMessage = shown(wireMessage.withId(id));
        WireWriter out = line.writer().begin(Types.MESSAGE_DISPATCH);
        begin(out, address);
        out.nestedMessage(wireMessage.kind());
        wireMessage.write(out);
        out.number32(delivery.deliveryCount() - 1);
        out.writeTo(line.outbox().room(out.size() + Integer.BYTES));
        line.outbox().written();
    }

    /** An id for a message that came without one, always the same for the same message. */
    private MessageId made(long messageId) {
        ProducerId producer = new ProducerId("ID:" + member.connection().broker().nodeId() + ":-1", messageId / NUMBERS, -1);
        return new MessageId("", Optional.of(producer), messageId % NUMBERS, 0);
    }

    /** The message without the properties that are none of the client's business. */
    static WireMessage shown(WireMessage message) {
        if (!message.body().properties().present()) {
            return message;
        }
        try {
            Map<String, Object> properties = message.properties();
            return properties.keySet().removeIf(OpenWireFormat::hidden) ? message.withProperties(properties) : message;
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("damaged properties: " + damaged.getMessage(), damaged);
        }
    }
}
