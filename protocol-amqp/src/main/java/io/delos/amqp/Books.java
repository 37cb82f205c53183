package io.delos.amqp;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;

/**
 * Which channel and which handle is whose, on both sides, and how far each has counted (AMQP 1.0 part 2 §2.5.6 and §2.6.7): what Proton knows and
 * does not tell. Owned by the connection's loop. {@link FrameRules} writes down what comes, {@link Outbox} what goes.
 */
final class Books {

    /** The window of either direction, as it is stated: the broker limits by credit and by reading less. */
    static final UnsignedInteger WINDOW = UnsignedInteger.valueOf(Integer.MAX_VALUE);
    private static final long SERIAL = 0xffff_ffffL;
    /** The highest delivery-id, as an int. */
    private static final int HIGHEST = -1;

    private final Map<Integer, OfSession> byRemote = new HashMap<>();
    private final Map<Integer, OfSession> byLocal = new HashMap<>();
    /** Whether there ever was a link whose peer says what it holds unsettled: others cost nothing. */
    private boolean reattaches;

    /** A session: numbers of its transfers. */
    static final class OfSession {
        final int remoteChannel;
        int localChannel = -1;
        Optional<Session> session = Optional.empty();
        /** Ended with an error by us: what still comes for it is not looked at. */
        boolean discarding;
        long nextIncoming;
        /** How many links the peer has handles for. */
        final long mostLinks;
        /** The next transfer's number; Proton begins at one. */
        private long nextOutgoing = 1;
        /** The delivery that is expected; negative before the first, which may have any number. */
        long nextDelivery = -1;
        /** What is unsettled with the highest id, of what was sent and of what came. */
        private Optional<Highest> highestSent = Optional.empty();
        private Optional<Highest> highestCame = Optional.empty();
        final Map<UnsignedInteger, OfLink> attached = new HashMap<>();
        private final Map<UnsignedInteger, OfLink> local = new HashMap<>();

        OfSession(int remoteChannel, long nextIncoming, long mostLinks) {
            this.remoteChannel = remoteChannel;
            this.nextIncoming = nextIncoming;
            this.mostLinks = mostLinks;
        }

        /** The unsettled delivery with the highest id that a receiver, or a sender, speaks of; for the last time if it settles it. */
        Optional<Delivery> highest(Role speaker, boolean lastTime) {
            Optional<Delivery> found = (speaker == Role.RECEIVER ? highestSent : highestCame).flatMap(Highest::find);
            if (lastTime && speaker == Role.RECEIVER) {
                highestSent = Optional.empty();
            } else if (lastTime) {
                highestCame = Optional.empty();
            }
            return found;
        }

        /** A delivery with the highest id begins to come. */
        void highestCame(OfLink link, Binary tag) {
            highestCame = Optional.of(new Highest(link, tag));
        }
    }

    /** A delivery with the highest id there is, which Proton can't be asked for by it. */
    private record Highest(OfLink link, Binary tag) {

        Optional<Delivery> find() {
            Delivery delivery = link.link.map(Link::head).orElse(null);
            while (delivery != null && !tag.equals(new Binary(delivery.getTag()))) {
                delivery = delivery.next();
            }
            return Optional.ofNullable(delivery);
        }
    }

    /** A link: who sends, what was sent, what may be. */
    static final class OfLink {
        final OfSession session;
        final String name;
        /** Whether the peer sends on it. */
        final boolean incoming;
        Optional<Link> link = Optional.empty();
        UnsignedInteger localHandle;
        long deliveryCount;
        /** The delivery-count at which the credit is used up. */
        long limit;
        boolean drain;
        /** Some of a delivery has come, and more is to. */
        boolean partial;
        /** More is to come of a delivery that isn't looked at. */
        boolean ignoring;
        /** The delivery that is {@link #partial}. */
        long delivery;
        /** If the peer has said what it holds unsettled. */
        Optional<Reattachment> reattachment = Optional.empty();

        OfLink(OfSession session, String name, boolean incoming) {
            this.session = session;
            this.name = name;
            this.incoming = incoming;
        }

        private long credit() {
            return Math.max(0, (int) (limit - deliveryCount));
        }
    }

    Optional<OfSession> session(int remoteChannel) {
        return Optional.ofNullable(byRemote.get(remoteChannel));
    }

    int sessions() {
        return byRemote.size();
    }

    OfSession begin(int remoteChannel, long nextIncoming, long mostLinks) {
        OfSession begun = new OfSession(remoteChannel, nextIncoming, mostLinks);
        byRemote.put(remoteChannel, begun);
        return begun;
    }

    void end(OfSession session) {
        byRemote.remove(session.remoteChannel);
    }

    /** The attached link of this name and direction; empty if there is none. */
    Optional<OfLink> link(String name, boolean incoming) {
        for (OfSession session : byRemote.values()) {
            for (OfLink link : session.attached.values()) {
                if (link.incoming == incoming && link.name.equals(name)) {
                    return Optional.of(link);
                }
            }
        }
        return Optional.empty();
    }

    Optional<OfLink> of(Link proton) {
        for (OfSession session : byRemote.values()) {
            for (OfLink link : session.attached.values()) {
                if (link.link.isPresent() && link.link.get() == proton) {
                    return Optional.of(link);
                }
            }
        }
        return Optional.empty();
    }

    /** The peer says what it holds unsettled of a link that it attaches. */
    void reattaches(OfLink link, Reattachment reattachment) {
        link.reattachment = Optional.of(reattachment);
        reattaches = true;
    }

    /** What is to be said in a frame that is about to be written, beside what Proton says; present if it is of a link that is attached again. */
    Optional<Reattachment> sending(int channel, FrameBody body, boolean withPayload) {
        if (!reattaches) {
            return Optional.empty();
        }
        Optional<Reattachment> found = Optional.empty();
        OfSession session = byLocal.get(channel);
        if (session != null && body instanceof Transfer) {
            OfLink link = session.local.get(((Transfer) body).getHandle());
            found = link == null ? found : link.reattachment;
            found.ifPresent(reattachment -> reattachment.mark((Transfer) body, withPayload));
        } else if (session != null && body instanceof Attach && isAnswer((Attach) body)) {
            found = answered(session, (Attach) body).flatMap(link -> link.reattachment);
            found.ifPresent(reattachment -> reattachment.complete((Attach) body));
        }
        return found;
    }

    /** Whether it makes a link, and doesn't refuse one. */
    private static boolean isAnswer(Attach attach) {
        return (attach.getRole() == Role.SENDER ? attach.getSource() : attach.getTarget()) != null;
    }

    private static Optional<OfLink> answered(OfSession session, Attach attach) {
        // a link that was taken from this one may still be there until its peer detaches it
        return session.attached.values().stream().filter(link -> link.localHandle == null && link.name.equals(attach.getName())
                && link.incoming == (attach.getRole() == Role.RECEIVER)).findFirst();
    }

    /** A frame has been written. */
    void sent(int channel, FrameBody body) {
        if (body instanceof Transfer) {
            transferred(channel, (Transfer) body);
        } else if (body instanceof Flow) {
            flowed(channel, (Flow) body);
        } else if (body instanceof Begin) {
            OfSession session = byRemote.get(((Begin) body).getRemoteChannel().intValue());
            if (session != null) {
                session.localChannel = channel;
                byLocal.put(channel, session);
            }
        } else if (body instanceof Attach) {
            attached(channel, (Attach) body);
        }
    }

    private void attached(int channel, Attach attach) {
        OfSession session = byLocal.get(channel);
        if (session != null) {
            answered(session, attach).ifPresent(link -> {
                link.localHandle = attach.getHandle();
                session.local.put(attach.getHandle(), link);
            });
        }
    }

    private void transferred(int channel, Transfer transfer) {
        OfSession session = byLocal.get(channel);
        if (session != null) {
            session.nextOutgoing++;
            OfLink link = session.local.get(transfer.getHandle());
            if (transfer.getDeliveryId() != null && transfer.getDeliveryId().intValue() == HIGHEST && link != null) {
                session.highestSent = Optional.of(new Highest(link, transfer.getDeliveryTag()));
            }
            if (link != null && !transfer.getMore()) {
                link.deliveryCount++;
            }
        }
    }

    private void flowed(int channel, Flow flow) {
        OfSession session = byLocal.get(channel);
        OfLink link = session == null || flow.getHandle() == null ? null : session.local.get(flow.getHandle());
        if (link != null) {
            link.deliveryCount = flow.getDeliveryCount().longValue();
            link.limit = link.deliveryCount + flow.getLinkCredit().longValue();
        }
    }

    /** Where a session stands, as a peer that asks for an echo is told. */
    static Flow state(OfSession session) {
        Flow flow = new Flow();
        flow.setNextIncomingId(serial(session.nextIncoming));
        flow.setIncomingWindow(WINDOW);
        flow.setNextOutgoingId(serial(session.nextOutgoing));
        flow.setOutgoingWindow(WINDOW);
        return flow;
    }

    /** Where a link and its session stand. */
    static Flow state(OfLink link) {
        Flow flow = state(link.session);
        flow.setHandle(link.localHandle);
        flow.setDeliveryCount(serial(link.deliveryCount));
        flow.setLinkCredit(UnsignedInteger.valueOf(link.credit()));
        flow.setDrain(link.drain);
        return flow;
    }

    private static UnsignedInteger serial(long number) {
        return UnsignedInteger.valueOf(number & SERIAL);
    }
}
