package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Addresses and queues: made, removed, asked about (section 10). Routing types are the wire's: 0 multicast, 1 anycast, -1 not said. */
sealed interface QueuePacket extends Packet {
    byte MULTICAST = 0;
    byte ANYCAST = 1;
    byte UNSAID = -1;
    int UNLIMITED = -1;

    /** CREATE_ADDRESS. */
    record CreateAddress(String address, List<Byte> routingTypes, boolean answer, boolean autoCreated) implements QueuePacket {
        static CreateAddress read(ByteBuf in, int version) throws MalformedPacketException {
            String address = Wire.readText(in);
            int count = in.readInt();
            List<Byte> types = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                types.add(in.readByte());
            }
            return new CreateAddress(address, types, Wire.readBoolean(in), Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return -11;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, address);
            out.writeInt(routingTypes.size());
            routingTypes.forEach(type -> out.writeByte(type));
            Wire.writeBoolean(out, answer);
            Wire.writeBoolean(out, autoCreated);
        }
    }

    /** CREATE_QUEUE. Before version 129 the address alone tells the routing type. */
    record CreateQueue(String address, String queue, Optional<String> filter, boolean durable, boolean temporary, boolean answer,
                       boolean autoCreated, byte routingType, int maxConsumers, boolean purgeOnNoConsumers, QueueAttributes attributes)
            implements QueuePacket {
        static CreateQueue readV1(ByteBuf in, int version) throws MalformedPacketException {
            String address = Wire.readText(in);
            return new CreateQueue(address, Wire.readText(in), Wire.readOptionalText(in), Wire.readBoolean(in), Wire.readBoolean(in),
                    Wire.readBoolean(in), false, oldRoutingType(address), UNLIMITED, false, QueueAttributes.NONE);
        }

        static CreateQueue readV2(ByteBuf in, int version) throws MalformedPacketException {
            return new CreateQueue(Wire.readText(in), Wire.readText(in), Wire.readOptionalText(in), Wire.readBoolean(in),
                    Wire.readBoolean(in), Wire.readBoolean(in), Wire.readBoolean(in), in.readByte(), in.readInt(), Wire.readBoolean(in),
                    QueueAttributes.read(in));
        }

        static byte oldRoutingType(String address) {
            return address.startsWith("jms.queue.") || address.startsWith("jms.tempqueue.") ? ANYCAST : MULTICAST;
        }

        @Override
        public byte type(int version) {
            return (byte) (version < Version.ADDRESS_MODEL ? 34 : -12);
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, address);
            Wire.writeText(out, queue);
            Wire.writeOptionalText(out, filter);
            Wire.writeBoolean(out, durable);
            Wire.writeBoolean(out, temporary);
            Wire.writeBoolean(out, answer);
            if (version >= Version.ADDRESS_MODEL) {
                Wire.writeBoolean(out, autoCreated);
                out.writeByte(routingType).writeInt(maxConsumers);
                Wire.writeBoolean(out, purgeOnNoConsumers);
                attributes.write(out);
            }
        }
    }

    /** CREATE_SHARED_QUEUE: like it, but content to find the same one there. */
    record CreateSharedQueue(String address, String queue, Optional<String> filter, boolean durable, byte routingType, boolean answer,
                             Optional<Integer> maxConsumers, Optional<Boolean> purgeOnNoConsumers, QueueAttributes attributes)
            implements QueuePacket {
        static CreateSharedQueue readV1(ByteBuf in, int version) throws MalformedPacketException {
            String address = Wire.readText(in);
            return new CreateSharedQueue(address, Wire.readText(in), Wire.readOptionalText(in), Wire.readBoolean(in),
                    CreateQueue.oldRoutingType(address), Wire.readBoolean(in), Optional.empty(), Optional.empty(), QueueAttributes.NONE);
        }

        static CreateSharedQueue readV2(ByteBuf in, int version) throws MalformedPacketException {
            return new CreateSharedQueue(Wire.readText(in), Wire.readText(in), Wire.readOptionalText(in), Wire.readBoolean(in),
                    in.readByte(), Wire.readBoolean(in), in.isReadable() ? Wire.readOptionalInt(in) : Optional.empty(),
                    in.isReadable() ? Wire.readOptionalBoolean(in) : Optional.empty(), QueueAttributes.read(in));
        }

        @Override
        public byte type(int version) {
            return (byte) (version < Version.ADDRESS_MODEL ? 36 : -13);
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, address);
            Wire.writeText(out, queue);
            Wire.writeOptionalText(out, filter);
            Wire.writeBoolean(out, durable);
            if (version < Version.ADDRESS_MODEL) {
                Wire.writeBoolean(out, answer);
                return;
            }
            out.writeByte(routingType);
            Wire.writeBoolean(out, answer);
            Wire.writeOptionalInt(out, maxConsumers);
            Wire.writeOptionalBoolean(out, purgeOnNoConsumers);
            attributes.write(out);
        }
    }

    /** DELETE_QUEUE. */
    record DeleteQueue(String queue) implements QueuePacket {
        static DeleteQueue read(ByteBuf in, int version) throws MalformedPacketException {
            return new DeleteQueue(Wire.readText(in));
        }

        @Override
        public byte type(int version) {
            return 35;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, queue);
        }
    }

    /** SESS_QUEUEQUERY. */
    record QueryQueue(String queue) implements QueuePacket {
        static QueryQueue read(ByteBuf in, int version) throws MalformedPacketException {
            return new QueryQueue(Wire.readText(in));
        }

        @Override
        public byte type(int version) {
            return 45;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, queue);
        }
    }

    /** SESS_BINDINGQUERY. */
    record QueryAddress(String address) implements QueuePacket {
        static QueryAddress read(ByteBuf in, int version) throws MalformedPacketException {
            return new QueryAddress(Wire.readText(in));
        }

        @Override
        public byte type(int version) {
            return 49;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out, address);
        }
    }

    /** SESS_QUEUEQUERY_RESP in its three forms; also the answer to creating a consumer. */
    record QueueAnswer(boolean exists, boolean durable, boolean temporary, int consumerCount, long messageCount, Optional<String> filter,
                       Optional<String> address, Optional<String> name, boolean autoCreateQueues, boolean autoCreated,
                       boolean purgeOnNoConsumers, byte routingType, int maxConsumers, Optional<Integer> consumerWindow,
                       QueueAttributes attributes, Optional<Boolean> configurationManaged) implements QueuePacket {
        private static final byte V1 = 46;
        private static final byte V2 = -7;
        private static final byte V3 = -14;

        static QueueAnswer readV1(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V1);
        }

        static QueueAnswer readV2(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V2);
        }

        static QueueAnswer readV3(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V3);
        }

        private static QueueAnswer read(ByteBuf in, byte form) throws MalformedPacketException {
            boolean exists = Wire.readBoolean(in);
            boolean durable = Wire.readBoolean(in);
            boolean temporary = Wire.readBoolean(in);
            int consumers = in.readInt();
            long messages = in.readLong();
            Optional<String> filter = Wire.readOptionalText(in);
            Optional<String> address = Wire.readOptionalText(in);
            Optional<String> name = Wire.readOptionalText(in);
            boolean autoCreateQueues = form != V1 && Wire.readBoolean(in);
            if (form != V3) {
                return new QueueAnswer(exists, durable, temporary, consumers, messages, filter, address, name, autoCreateQueues, false,
                        false, MULTICAST, UNLIMITED, Optional.empty(), QueueAttributes.NONE, Optional.empty());
            }
            boolean autoCreated = Wire.readBoolean(in);
            boolean purge = Wire.readBoolean(in);
            byte routingType = in.readByte();
            int maxConsumers = in.readInt();
            Optional<Boolean> exclusive = in.isReadable() ? Wire.readOptionalBoolean(in) : Optional.empty();
            Optional<Boolean> lastValue = in.isReadable() ? Wire.readOptionalBoolean(in) : Optional.empty();
            Optional<Integer> window = in.isReadable() ? Wire.readOptionalInt(in) : Optional.empty();
            return new QueueAnswer(exists, durable, temporary, consumers, messages, filter, address, name, autoCreateQueues, autoCreated,
                    purge, routingType, maxConsumers, window, QueueAttributes.readAfter(in, exclusive, lastValue),
                    in.isReadable() ? Wire.readOptionalBoolean(in) : Optional.empty());
        }

        @Override
        public byte type(int version) {
            return version < Version.AUTO_CREATE_QUEUES ? V1 : version < Version.ADDRESS_MODEL ? V2 : V3;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, exists);
            Wire.writeBoolean(out, durable);
            Wire.writeBoolean(out, temporary);
            out.writeInt(consumerCount).writeLong(messageCount);
            Wire.writeOptionalText(out, filter);
            Wire.writeOptionalText(out, address);
            Wire.writeOptionalText(out, name);
            if (version >= Version.AUTO_CREATE_QUEUES) {
                Wire.writeBoolean(out, autoCreateQueues);
            }
            if (version >= Version.ADDRESS_MODEL) {
                Wire.writeBoolean(out, autoCreated);
                Wire.writeBoolean(out, purgeOnNoConsumers);
                out.writeByte(routingType).writeInt(maxConsumers);
                attributes.writeFirstTwo(out);
                Wire.writeOptionalInt(out, consumerWindow);
                attributes.writeRest(out);
                Wire.writeOptionalBoolean(out, configurationManaged);
            }
        }
    }

    /** SESS_BINDINGQUERY_RESP in its five forms: the address, its queues, and what a new queue there would be like. */
    record AddressAnswer(boolean exists, List<String> queues, boolean autoCreateQueues, boolean autoCreateAddresses,
                         boolean purgeOnNoConsumers, int maxConsumers, QueueAttributes defaults, boolean multicast, boolean anycast)
            implements QueuePacket {
        private static final byte V1 = 50;
        private static final byte V2 = -8;
        private static final byte V3 = -10;
        private static final byte V4 = -15;
        private static final byte V5 = -22;

        static AddressAnswer readV1(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V1);
        }

        static AddressAnswer readV2(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V2);
        }

        static AddressAnswer readV3(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V3);
        }

        static AddressAnswer readV4(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V4);
        }

        static AddressAnswer readV5(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V5);
        }

        private static AddressAnswer read(ByteBuf in, byte form) throws MalformedPacketException {
            boolean exists = Wire.readBoolean(in);
            int count = in.readInt();
            List<String> queues = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                queues.add(Wire.readText(in));
            }
            boolean defaults = form == V4 || form == V5;
            boolean autoCreateQueues = form != V1 && Wire.readBoolean(in);
            boolean autoCreateAddresses = (form == V3 || defaults) && Wire.readBoolean(in);
            return new AddressAnswer(exists, queues, autoCreateQueues, autoCreateAddresses, defaults && Wire.readBoolean(in),
                    defaults ? in.readInt() : UNLIMITED, defaults ? readDefaults(in) : QueueAttributes.NONE,
                    form == V5 && Wire.readBoolean(in), form == V5 && Wire.readBoolean(in));
        }

        private static QueueAttributes readDefaults(ByteBuf in) throws MalformedPacketException {
            return new QueueAttributes(Wire.readOptionalBoolean(in), Wire.readOptionalBoolean(in), Wire.readOptionalText(in),
                    Wire.readOptionalBoolean(in), Wire.readOptionalInt(in), Wire.readOptionalLong(in), Optional.empty(), Optional.empty(),
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        @Override
        public byte type(int version) {
            return version < Version.AUTO_CREATE_QUEUES ? V1
                    : version < Version.AUTO_CREATE_ADDRESSES ? V2
                    : version < Version.ADDRESS_MODEL ? V3
                    : version < Version.ROUTING_TYPES_OF_ADDRESS ? V4 : V5;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, exists);
            out.writeInt(queues.size());
            queues.forEach(queue -> Wire.writeText(out, queue));
            if (version >= Version.AUTO_CREATE_QUEUES) {
                Wire.writeBoolean(out, autoCreateQueues);
            }
            if (version >= Version.AUTO_CREATE_ADDRESSES) {
                Wire.writeBoolean(out, autoCreateAddresses);
            }
            if (version >= Version.ADDRESS_MODEL) {
                Wire.writeBoolean(out, purgeOnNoConsumers);
                out.writeInt(maxConsumers);
                defaults.writeFirstTwo(out);
                Wire.writeOptionalText(out, defaults.lastValueKey());
                Wire.writeOptionalBoolean(out, defaults.nonDestructive());
                Wire.writeOptionalInt(out, defaults.consumersBeforeDispatch());
                Wire.writeOptionalLong(out, defaults.delayBeforeDispatch());
            }
            if (version >= Version.ROUTING_TYPES_OF_ADDRESS) {
                Wire.writeBoolean(out, multicast);
                Wire.writeBoolean(out, anycast);
            }
        }
    }
}
