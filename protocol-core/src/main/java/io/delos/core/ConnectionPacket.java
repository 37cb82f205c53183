package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalInt;

/** What concerns a connection or the making of sessions: channels 0 and 1 (section 4). */
sealed interface ConnectionPacket extends Packet {
    /** PING, both ways: the sender is alive and wants the connection kept for this many milliseconds of silence; -1 for ever. */
    record Ping(long ttl) implements ConnectionPacket {
        static Ping read(ByteBuf in, int version) {
            return new Ping(in.readLong());
        }

        @Override
        public byte type(int version) {
            return 10;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(ttl);
        }
    }

    /** DISCONNECT in its three forms: the broker is leaving, perhaps in favour of another one. */
    record Disconnect(Optional<String> nodeId, byte reason, Optional<String> target, Optional<ConnectorInfo> connector)
            implements ConnectionPacket {
        static final byte UNSET = -1;
        static final byte REDIRECT = 0;
        static final byte SCALE_DOWN = 2;
        static final byte SHUTDOWN = 4;
        private static final byte V1 = 11;
        private static final byte V2 = 124;
        private static final byte V3 = -19;

        static Disconnect readV1(ByteBuf in, int version) throws MalformedPacketException {
            return new Disconnect(Wire.readOptionalText(in), UNSET, Optional.empty(), Optional.empty());
        }

        static Disconnect readV2(ByteBuf in, int version) throws MalformedPacketException {
            return new Disconnect(Wire.readOptionalText(in), UNSET, Wire.readOptionalText(in), Optional.empty());
        }

        static Disconnect readV3(ByteBuf in, int version) throws MalformedPacketException {
            return new Disconnect(Wire.readOptionalText(in), in.readByte(), Wire.readOptionalText(in), ConnectorInfo.readOptional(in));
        }

        @Override
        public byte type(int version) {
            return version < Version.SCALE_DOWN_TARGET ? V1 : version < Version.REDIRECT ? V2 : V3;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeOptionalText(out, nodeId);
            if (version >= Version.REDIRECT) {
                out.writeByte(reason);
            }
            if (version >= Version.SCALE_DOWN_TARGET) {
                Wire.writeOptionalText(out, target);
            }
            if (version >= Version.REDIRECT) {
                ConnectorInfo.writeOptional(out, connector);
            }
        }
    }

    /** DISCONNECT_CONSUMER_KILL: the broker gives up on a client that consumes too slowly. */
    record SlowConsumerKilled(Optional<String> nodeId) implements ConnectionPacket {
        static SlowConsumerKilled read(ByteBuf in, int version) throws MalformedPacketException {
            return new SlowConsumerKilled(Wire.readOptionalText(in));
        }

        @Override
        public byte type(int version) {
            return 13;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeOptionalText(out, nodeId);
        }
    }

    /** SUBSCRIBE_TOPOLOGY: tell me who is in the cluster. The second form says the client's version. */
    record SubscribeTopology(boolean clusterConnection, OptionalInt clientVersion) implements ConnectionPacket {
        static SubscribeTopology readV1(ByteBuf in, int version) {
            return new SubscribeTopology(Wire.readBoolean(in), OptionalInt.empty());
        }

        static SubscribeTopology readV2(ByteBuf in, int version) {
            return new SubscribeTopology(Wire.readBoolean(in), OptionalInt.of(in.readInt()));
        }

        @Override
        public byte type(int version) {
            return (byte) (clientVersion.isPresent() ? 113 : 112);
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, clusterConnection);
            clientVersion.ifPresent(out::writeInt);
        }
    }

    /** CREATESESSION. Current clients use the second form, with a client id, once they know the server is new enough. */
    record CreateSession(String name, long channel, int clientVersion, Optional<String> user, Optional<String> password,
                         int minLargeMessageSize, boolean xa, boolean autoCommitSends, boolean autoCommitAcks, int confirmationWindow,
                         boolean preAcknowledge, Optional<String> defaultAddress, boolean secondForm, Optional<String> clientId)
            implements ConnectionPacket {
        static CreateSession readV1(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, false);
        }

        static CreateSession readV2(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, true);
        }

        private static CreateSession read(ByteBuf in, boolean second) throws MalformedPacketException {
            return new CreateSession(Wire.readString(in), in.readLong(), in.readInt(), Wire.readOptionalString(in),
                    Wire.readOptionalString(in), in.readInt(), Wire.readBoolean(in), Wire.readBoolean(in), Wire.readBoolean(in),
                    in.readInt(), Wire.readBoolean(in), Wire.readOptionalString(in), second,
                    second ? Wire.readOptionalString(in) : Optional.empty());
        }

        @Override
        public byte type(int version) {
            return (byte) (secondForm ? -18 : 30);
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeString(out, name);
            out.writeLong(channel).writeInt(clientVersion);
            Wire.writeOptionalString(out, user);
            Wire.writeOptionalString(out, password);
            out.writeInt(minLargeMessageSize);
            Wire.writeBoolean(out, xa);
            Wire.writeBoolean(out, autoCommitSends);
            Wire.writeBoolean(out, autoCommitAcks);
            out.writeInt(confirmationWindow);
            Wire.writeBoolean(out, preAcknowledge);
            Wire.writeOptionalString(out, defaultAddress);
            if (secondForm) {
                Wire.writeOptionalString(out, clientId);
            }
        }

        /** Keeps the password out of logs. */
        @Override
        public String toString() {
            return "CreateSession[" + name + ", channel=" + channel + ", version=" + clientVersion + ", user=" + user.orElse("") + "]";
        }
    }

    /** CREATESESSION_RESP. */
    record SessionCreated(int serverVersion) implements ConnectionPacket {
        static SessionCreated read(ByteBuf in, int version) {
            return new SessionCreated(in.readInt());
        }

        @Override
        public byte type(int version) {
            return 31;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(serverVersion);
        }
    }

    /** REATTACH_SESSION: carry on with a session whose connection broke. */
    record Reattach(String session, int lastConfirmed) implements ConnectionPacket {
        static Reattach read(ByteBuf in, int version) throws MalformedPacketException {
            return new Reattach(Wire.readString(in), in.readInt());
        }

        @Override
        public byte type(int version) {
            return 32;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeString(out, session);
            out.writeInt(lastConfirmed);
        }
    }

    /** REATTACH_SESSION_RESP. */
    record Reattached(int lastConfirmed, boolean reattached) implements ConnectionPacket {
        static Reattached read(ByteBuf in, int version) {
            return new Reattached(in.readInt(), Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return 33;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(lastConfirmed);
            Wire.writeBoolean(out, reattached);
        }
    }

    /** CHECK_FOR_FAILOVER: may I treat you as the successor of this node? */
    record CheckFailover(Optional<String> nodeId) implements ConnectionPacket {
        static CheckFailover read(ByteBuf in, int version) throws MalformedPacketException {
            return new CheckFailover(Wire.readOptionalString(in));
        }

        @Override
        public byte type(int version) {
            return -4;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeOptionalString(out, nodeId);
        }
    }

    /** CHECK_FOR_FAILOVER_REPLY. */
    record FailoverChecked(boolean ok) implements ConnectionPacket {
        static FailoverChecked read(ByteBuf in, int version) {
            return new FailoverChecked(Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return -5;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, ok);
        }
    }

    /** CLUSTER_TOPOLOGY in its four forms: one member came, changed or went. */
    record Topology(boolean exit, String nodeId, long eventId, Optional<ConnectorInfo> primary, Optional<ConnectorInfo> backup,
                    boolean last, Optional<String> backupGroup, Optional<String> scaleDownGroup, int serverVersion)
            implements ConnectionPacket {
        static final byte V1 = 110;
        static final byte V2 = 114;
        static final byte V3 = 122;
        static final byte V4 = -17;

        static Topology readV1(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V1);
        }

        static Topology readV2(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V2);
        }

        static Topology readV3(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V3);
        }

        static Topology readV4(ByteBuf in, int version) throws MalformedPacketException {
            return read(in, V4);
        }

        private static Topology read(ByteBuf in, byte form) throws MalformedPacketException {
            boolean exit = Wire.readBoolean(in);
            return new Topology(exit, Wire.readString(in), form == V1 ? 0 : in.readLong(),
                    exit ? Optional.empty() : ConnectorInfo.readOptional(in), exit ? Optional.empty() : ConnectorInfo.readOptional(in),
                    !exit && Wire.readBoolean(in), form == V1 ? Optional.empty() : Wire.readOptionalString(in),
                    form == V3 || form == V4 ? Wire.readOptionalString(in) : Optional.empty(), form == V4 ? in.readInt() : 0);
        }

        /** A leaving member is announced in the second form to all who know it. */
        @Override
        public byte type(int version) {
            return version < Version.TOPOLOGY_EVENTS ? V1 : exit || version < Version.REDIRECT ? V2 : V4;
        }

        @Override
        public void write(ByteBuf out, int version) {
            byte form = type(version);
            Wire.writeBoolean(out, exit);
            Wire.writeString(out, nodeId);
            if (form != V1) {
                out.writeLong(eventId);
            }
            if (!exit) {
                ConnectorInfo.writeOptional(out, primary);
                ConnectorInfo.writeOptional(out, backup);
                Wire.writeBoolean(out, last);
            }
            if (form != V1) {
                Wire.writeOptionalString(out, backupGroup);
            }
            if (form == V4) {
                Wire.writeOptionalString(out, scaleDownGroup);
                out.writeInt(serverVersion);
            }
        }
    }
}
