package io.delos.amqp;

import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SessionError;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.framing.TransportFrame;

/**
 * What a peer may say when: channels, handles, the order of frames, the numbers of deliveries (AMQP 1.0 part 2 §2.4 to §2.7). Proton takes
 * all that on trust, so every frame passes here first. Owned by the connection's loop.
 */
final class FrameRules {

    /** The highest handle; Proton states it in each begin. */
    private static final long HANDLE_MAX = 65535;
    private static final int LONGEST_TAG = 32;
    private static final long SERIAL = 0xffff_ffffL;
    /** More deliveries settled at once than any consumer can hold is taken for an attack. */
    private static final long MAX_RANGE = 1 << 22;

    private final Books books;
    private final int channelMax;
    private int peersChannelMax;
    private boolean opened;
    private boolean closing;
    private Optional<Books.OfSession> begun = Optional.empty();
    private Optional<Books.OfLink> attaching = Optional.empty();

    /** @param channelMax the highest channel the peer was told of */
    FrameRules(Books books, int channelMax) {
        this.books = books;
        this.channelMax = channelMax;
    }

    /** We have closed for an error: nothing but the peer's close matters any more. */
    void closing() {
        closing = true;
    }

    /** The session that Proton made of the last begin. */
    void begun(Session session) {
        begun.ifPresent(book -> book.session = Optional.of(session));
        begun = Optional.empty();
    }

    /** The link that Proton made of the last attach. */
    void attached(Link link) {
        attaching.ifPresent(book -> book.link = Optional.of(link));
        attaching = Optional.empty();
    }

    Verdict judge(TransportFrame frame) {
        FrameBody body = frame.getBody();
        if (body instanceof Close && opened) {
            closing = true;
            return Verdict.FINE;
        }
        if (closing) {
            return Verdict.TOO_LATE;
        }
        if (body instanceof Open) {
            return open((Open) body, frame.getChannel());
        } else if (!opened) {
            return close(AmqpError.NOT_ALLOWED, "the first frame is an open");
        }
        return body instanceof Begin ? begin((Begin) body, frame.getChannel()) : inSession(frame, body);
    }

    private static Verdict close(Symbol condition, String sentence) {
        return new Verdict.CloseConnection(new ErrorCondition(condition, sentence));
    }

    private static Verdict end(Books.OfSession session, Symbol condition, String sentence) {
        session.discarding = true;
        return new Verdict.EndSession(session.session.orElseThrow(), new ErrorCondition(condition, sentence));
    }

    private static Verdict detach(Books.OfLink link, Symbol condition, String sentence) {
        return new Verdict.DetachLink(link.link.orElseThrow(), new ErrorCondition(condition, sentence));
    }

    private Verdict open(Open open, int channel) {
        if (opened) {
            return close(AmqpError.NOT_ALLOWED, "the connection is open already");
        }
        if (channel != 0) {
            return close(ConnectionError.FRAMING_ERROR, "an open comes on channel 0, not " + channel);
        }
        opened = true;
        peersChannelMax = open.getChannelMax().intValue();
        return Verdict.FINE;
    }

    private Verdict begin(Begin begin, int channel) {
        if (channel > channelMax) {
            return close(ConnectionError.FRAMING_ERROR, "channel " + channel + " is beyond channel-max, which is " + channelMax);
        }
        if (books.session(channel).isPresent()) {
            return close(AmqpError.NOT_ALLOWED, "channel " + channel + " has a session");
        }
        if (begin.getRemoteChannel() != null) {
            return close(AmqpError.NOT_ALLOWED, "a begin that answers none of ours, for channel " + begin.getRemoteChannel());
        }
        if (books.sessions() > peersChannelMax) {
            return close(AmqpError.RESOURCE_LIMIT_EXCEEDED, "another session can't be answered below your channel-max of " + peersChannelMax);
        }
        begun = Optional.of(books.begin(channel, begin.getNextOutgoingId().longValue(), begin.getHandleMax().longValue() + 1));
        return Verdict.FINE;
    }

    private Verdict inSession(TransportFrame frame, FrameBody body) {
        int channel = frame.getChannel();
        Optional<Books.OfSession> known = books.session(channel);
        if (known.isEmpty()) {
            return channel > channelMax
                    ? close(ConnectionError.FRAMING_ERROR, "channel " + channel + " is beyond channel-max, which is " + channelMax)
                    : close(AmqpError.NOT_ALLOWED, "channel " + channel + " has no session");
        }
        Books.OfSession session = known.get();
        if (body instanceof End) {
            books.end(session);
            return Verdict.FINE;
        }
        if (session.discarding) {
            return Verdict.TOO_LATE;
        }
        if (body instanceof Transfer) {
            return transfer((Transfer) body, session);
        } else if (body instanceof Flow) {
            return flow((Flow) body, session);
        } else if (body instanceof Disposition) {
            return disposition((Disposition) body, session);
        }
        return body instanceof Attach ? attach((Attach) body, session) : detach((Detach) body, session);
    }

    private static Verdict unattached(Books.OfSession session, UnsignedInteger handle) {
        return end(session, SessionError.UNATTACHED_HANDLE, "handle " + handle + " is not attached");
    }

    private Verdict disposition(Disposition range, Books.OfSession session) {
        long first = range.getFirst().longValue();
        long last = range.getLast() == null ? first : range.getLast().longValue();
        return (last - first & SERIAL) <= MAX_RANGE ? Verdict.FINE
                : end(session, AmqpError.INVALID_FIELD, "a disposition of the deliveries " + first + " to " + last);
    }

    private Verdict attach(Attach attach, Books.OfSession session) {
        if (attach.getHandle().longValue() > HANDLE_MAX) {
            return close(ConnectionError.FRAMING_ERROR, "handle " + attach.getHandle() + " is beyond handle-max, which is " + HANDLE_MAX);
        }
        if (session.attached.containsKey(attach.getHandle())) {
            return close(SessionError.HANDLE_IN_USE, "handle " + attach.getHandle() + " is attached");
        }
        if (session.attached.size() >= session.mostLinks) {
            return end(session, AmqpError.RESOURCE_LIMIT_EXCEEDED, "another link can't be answered below your handle-max of " + (session.mostLinks - 1));
        }
        boolean incoming = attach.getRole() == Role.SENDER;
        Optional<Books.OfLink> former = books.link(attach.getName(), incoming);
        Books.OfLink link = new Books.OfLink(session, attach.getName(), incoming);
        if (incoming) {
            if (attach.getInitialDeliveryCount() == null) {
                attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
            }
            link.deliveryCount = attach.getInitialDeliveryCount().longValue();
            link.limit = link.deliveryCount;
        }
        if (attach.getUnsettled() != null) {
            if (!Reattachment.isFit(attach.getUnsettled(), LONGEST_TAG)) {
                return end(session, AmqpError.INVALID_FIELD, "a map of what is unsettled that has something else than delivery-tags for keys");
            }
            books.reattaches(link, Reattachment.of(attach));
        }
        session.attached.put(attach.getHandle(), link);
        attaching = Optional.of(link);
        return former.isPresent() && former.get().link.isPresent() ? new Verdict.Steals(former.get().link.get()) : Verdict.FINE;
    }

    private Verdict detach(Detach detach, Books.OfSession session) {
        return session.attached.remove(detach.getHandle()) == null ? unattached(session, detach.getHandle()) : Verdict.FINE;
    }

    private Verdict flow(Flow flow, Books.OfSession session) {
        Books.OfLink link = flow.getHandle() == null ? null : session.attached.get(flow.getHandle());
        if (flow.getHandle() != null && link == null) {
            return unattached(session, flow.getHandle());
        }
        session.nextIncoming = flow.getNextOutgoingId().longValue();
        if (link == null) {
            return Verdict.FINE;
        }
        if (link.incoming) {
            if (flow.getDeliveryCount() == null) {
                return detach(link, AmqpError.INVALID_FIELD, "a sender's flow states its delivery-count");
            }
            link.deliveryCount = flow.getDeliveryCount().longValue();
        } else {
            if (flow.getLinkCredit() == null) {
                return detach(link, AmqpError.INVALID_FIELD, "a receiver's flow states its link-credit");
            }
            long seen = flow.getDeliveryCount() == null ? 0 : flow.getDeliveryCount().longValue();
            link.limit = seen + Math.min(flow.getLinkCredit().longValue(), Integer.MAX_VALUE);
            link.drain = flow.getDrain();
        }
        return Verdict.FINE;
    }

    private Verdict transfer(Transfer transfer, Books.OfSession session) {
        session.nextIncoming++;
        Books.OfLink link = session.attached.get(transfer.getHandle());
        if (link == null) {
            return unattached(session, transfer.getHandle());
        }
        if (!link.incoming) {
            return end(session, AmqpError.NOT_ALLOWED, "a transfer on handle " + transfer.getHandle() + ", whose link goes the other way");
        }
        if (link.ignoring) {
            link.ignoring = transfer.getMore() && !transfer.getAborted();
            return Verdict.TOO_LATE;
        }
        if (!link.partial) {
            Verdict first = firstTransfer(transfer, link);
            if (first != Verdict.FINE) {
                return first;
            }
        } else if (transfer.getDeliveryId() != null && transfer.getDeliveryId().longValue() != link.delivery) {
            return end(session, AmqpError.INVALID_FIELD, "delivery " + transfer.getDeliveryId() + " begins within delivery " + link.delivery);
        }
        if (transfer.getResume() && !link.partial && !link.reattachment.map(known -> known.resumes(transfer.getDeliveryTag())).orElse(false)) {
            // it isn't unsettled here
            link.ignoring = transfer.getMore() && !transfer.getAborted();
            transfer.setAborted(true);
        }
        link.partial = transfer.getMore() && !transfer.getAborted();
        if (!link.partial) {
            link.deliveryCount++;
        }
        return Verdict.FINE;
    }

    private static Verdict firstTransfer(Transfer transfer, Books.OfLink link) {
        Books.OfSession session = link.session;
        if (transfer.getDeliveryId() == null) {
            return end(session, AmqpError.INVALID_FIELD, "a delivery begins without delivery-id");
        }
        long id = transfer.getDeliveryId().longValue();
        if (session.nextDelivery >= 0 && id != session.nextDelivery) {
            return end(session, AmqpError.INVALID_FIELD, "delivery " + session.nextDelivery + " is expected, not " + id);
        }
        if (transfer.getDeliveryTag() == null || transfer.getDeliveryTag().getLength() > LONGEST_TAG) {
            return end(session, AmqpError.INVALID_FIELD, "a delivery begins with a delivery-tag of up to " + LONGEST_TAG + " bytes");
        }
        session.nextDelivery = id + 1 & SERIAL;
        link.delivery = id;
        if (id == SERIAL) {
            session.highestCame(link, transfer.getDeliveryTag());
        }
        return Verdict.FINE;
    }
}
