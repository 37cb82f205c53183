package io.delos.core;

import io.delos.core.AnswerPacket.Confirmed;
import io.delos.core.AnswerPacket.Done;
import io.delos.core.AnswerPacket.Failed;
import io.delos.core.ConnectionPacket.CheckFailover;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.Disconnect;
import io.delos.core.ConnectionPacket.FailoverChecked;
import io.delos.core.ConnectionPacket.Ping;
import io.delos.core.ConnectionPacket.Reattach;
import io.delos.core.ConnectionPacket.Reattached;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.ConnectionPacket.SlowConsumerKilled;
import io.delos.core.ConnectionPacket.SubscribeTopology;
import io.delos.core.ConnectionPacket.Topology;
import io.delos.core.ConsumerPacket.Acknowledge;
import io.delos.core.ConsumerPacket.CloseConsumer;
import io.delos.core.ConsumerPacket.ConsumerGone;
import io.delos.core.ConsumerPacket.CreateConsumer;
import io.delos.core.ConsumerPacket.Expired;
import io.delos.core.ConsumerPacket.FlowTokens;
import io.delos.core.ConsumerPacket.ForceDelivery;
import io.delos.core.MessagePacket.CreateProducer;
import io.delos.core.MessagePacket.ProducerCredits;
import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.delos.core.MessagePacket.ReceiveLarge;
import io.delos.core.MessagePacket.RemoveProducer;
import io.delos.core.MessagePacket.RequestCredits;
import io.delos.core.MessagePacket.Send;
import io.delos.core.MessagePacket.SendChunk;
import io.delos.core.MessagePacket.SendLarge;
import io.delos.core.QueuePacket.AddressAnswer;
import io.delos.core.QueuePacket.CreateAddress;
import io.delos.core.QueuePacket.CreateQueue;
import io.delos.core.QueuePacket.CreateSharedQueue;
import io.delos.core.QueuePacket.DeleteQueue;
import io.delos.core.QueuePacket.QueryAddress;
import io.delos.core.QueuePacket.QueryQueue;
import io.delos.core.QueuePacket.QueueAnswer;
import io.delos.core.SessionPacket.AddMetadata;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Commit;
import io.delos.core.SessionPacket.Rollback;
import io.delos.core.SessionPacket.Xa;
import io.delos.core.SessionPacket.XaAnswer;
import io.delos.core.SessionPacket.XaInDoubt;
import io.delos.core.SessionPacket.XaSetTimeout;
import io.delos.core.SessionPacket.XaTimeout;
import io.delos.core.SessionPacket.XaTimeoutSet;
import io.netty.buffer.ByteBuf;

/**
 * Frames to packets and back, in both directions. A frame is its length, a type, a channel and the packet's body; it may be longer than
 * what we know of, never shorter. Stateless: any thread.
 */
final class CoreCodec {
    /** What a client sends first, once. */
    static final String PREAMBLE = "ARTEMIS";
    /** Type and channel. */
    static final int HEADER = 1 + Long.BYTES;

    private static final Reader[] READERS = new Reader[256];

    static {
        connections();
        sessions();
        messages();
        consumers();
        queues();
    }

    private CoreCodec() {
    }

    private interface Reader {
        Packet read(ByteBuf in, int version) throws MalformedPacketException;
    }

    /** The channel of a frame without its length. */
    static long channel(ByteBuf frame) throws MalformedPacketException {
        if (frame.readableBytes() < HEADER) {
            throw new MalformedPacketException("a frame of " + frame.readableBytes() + " bytes");
        }
        return frame.getLong(frame.readerIndex() + 1);
    }

    /** The packet in a frame without its length. What it keeps, it copies. */
    static Packet decode(ByteBuf frame, int version) throws MalformedPacketException {
        channel(frame);
        byte type = frame.readByte();
        Reader reader = READERS[type & 0xFF];
        if (reader == null) {
            throw new MalformedPacketException("no packet has the type " + type);
        }
        frame.skipBytes(Long.BYTES);
        try {
            return reader.read(frame, Version.orCurrent(version));
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedPacketException("a packet of type " + type + " ends early");
        }
    }

    /** Appends the whole frame and returns its size. */
    static int encode(ByteBuf out, long channel, Packet packet, int version) {
        int start = out.writerIndex();
        int known = Version.orCurrent(version);
        out.writeInt(0).writeByte(packet.type(known)).writeLong(channel);
        packet.write(out, known);
        return finish(out, start);
    }

    /** Fills in the length of the frame that begins at {@code start}, and returns its size. */
    static int finish(ByteBuf out, int start) {
        int size = out.writerIndex() - start;
        out.setInt(start, size - Integer.BYTES);
        return size;
    }

    private static void reads(int type, Reader reader) {
        READERS[type & 0xFF] = reader;
    }

    private static void connections() {
        reads(10, Ping::read);
        reads(11, Disconnect::readV1);
        reads(124, Disconnect::readV2);
        reads(-19, Disconnect::readV3);
        reads(13, SlowConsumerKilled::read);
        reads(20, Failed::read);
        reads(21, Done::read);
        reads(22, Confirmed::read);
        reads(30, CreateSession::readV1);
        reads(-18, CreateSession::readV2);
        reads(31, SessionCreated::read);
        reads(32, Reattach::read);
        reads(33, Reattached::read);
        reads(-4, CheckFailover::read);
        reads(-5, FailoverChecked::read);
        reads(112, SubscribeTopology::readV1);
        reads(113, SubscribeTopology::readV2);
        reads(Topology.V1, Topology::readV1);
        reads(Topology.V2, Topology::readV2);
        reads(Topology.V3, Topology::readV3);
        reads(Topology.V4, Topology::readV4);
    }

    private static void sessions() {
        for (Bare bare : Bare.values()) {
            reads(bare.type(Version.CURRENT), (in, version) -> bare);
        }
        for (Xa.Verb verb : Xa.Verb.values()) {
            reads(verb.type(), verb::read);
        }
        reads(43, Commit::read);
        reads(44, Rollback::read);
        reads(55, XaAnswer::read);
        reads(62, XaInDoubt::read);
        reads(63, XaSetTimeout::read);
        reads(64, XaTimeoutSet::read);
        reads(66, XaTimeout::read);
        reads(104, AddMetadata::readOld);
        reads(105, AddMetadata::readPlain);
        reads(106, AddMetadata::readUnique);
    }

    private static void messages() {
        reads(71, Send::read);
        reads(72, SendLarge::read);
        reads(73, SendChunk::read);
        reads(75, Receive::read);
        reads(76, ReceiveLarge::read);
        reads(77, ReceiveChunk::read);
        reads(79, RequestCredits::read);
        reads(ProducerCredits.GRANTED, ProducerCredits::readGranted);
        reads(ProducerCredits.REFUSED, ProducerCredits::readRefused);
        reads(-20, CreateProducer::read);
        reads(-21, RemoveProducer::read);
    }

    private static void consumers() {
        reads(12, ConsumerGone::read);
        reads(40, CreateConsumer::read);
        reads(41, Acknowledge::readCumulative);
        reads(81, Acknowledge::readIndividual);
        reads(42, Expired::read);
        reads(70, FlowTokens::read);
        reads(74, CloseConsumer::read);
        reads(78, ForceDelivery::read);
    }

    private static void queues() {
        reads(-11, CreateAddress::read);
        reads(34, CreateQueue::readV1);
        reads(-12, CreateQueue::readV2);
        reads(36, CreateSharedQueue::readV1);
        reads(-13, CreateSharedQueue::readV2);
        reads(35, DeleteQueue::read);
        reads(45, QueryQueue::read);
        reads(46, QueueAnswer::readV1);
        reads(-7, QueueAnswer::readV2);
        reads(-14, QueueAnswer::readV3);
        reads(49, QueryAddress::read);
        reads(50, AddressAnswer::readV1);
        reads(-8, AddressAnswer::readV2);
        reads(-10, AddressAnswer::readV3);
        reads(-15, AddressAnswer::readV4);
        reads(-22, AddressAnswer::readV5);
    }
}
