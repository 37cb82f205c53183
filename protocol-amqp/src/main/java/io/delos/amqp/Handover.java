package io.delos.amqp;

import io.delos.broker.Outcome;
import io.delos.broker.OutgoingBody;
import io.delos.broker.Reply;
import io.delos.message.Formats;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Sender;

/**
 * Hands messages over to a client's receiver, each with its tag, settled or not, whole or with a body that follows (AMQP document, sections 6 to 8).
 * Owned by the connection's loop.
 */
final class Handover {

    private static final Outcome NOT_HERE = new Outcome(Outcome.Kind.RELEASED, false, true);
    private static final Logger LOG = LogManager.getLogger(Handover.class);

    private final AmqpSession session;
    private final Sender link;
    private final Formats formats;
    private final Acquisition acquisition;
    private final Streaming streaming;
    private final Consumer<ErrorCondition> dismiss;
    private final Tags tags = new Tags();
    private Optional<Resumption> resumption = Optional.empty();
    private boolean presettled;

    /** @param dismiss ends the link with an error */
    Handover(AmqpSession session, Sender link, Acquisition acquisition, Streaming streaming, Consumer<ErrorCondition> dismiss) {
        this.session = session;
        this.link = link;
        this.formats = session.connection().connection().broker().formats();
        this.acquisition = acquisition;
        this.streaming = streaming;
        this.dismiss = dismiss;
    }

    /** @param resumption keeps the tags, if what is left unsettled is to be kept */
    void begin(boolean presettled, Optional<Resumption> resumption) {
        this.presettled = presettled;
        this.resumption = resumption;
    }

    /** Writes these, until one begins that is longer than a frame: the rest wait behind it. False if some can't be, and are settled otherwise. */
    boolean give(List<Delivery> burst) {
        List<Delivery> written = presettled ? new ArrayList<>(burst.size()) : List.of();
        boolean all = true;
        int next = 0;
        while (next < burst.size() && !streaming.busy()) {
            Delivery delivery = burst.get(next++);
            Optional<Outcome> refused = write(delivery);
            if (refused.isPresent()) {
                all = false;
                resumption.ifPresent(asking -> asking.notSent(delivery));
                session.broker().settle(List.of(delivery), refused.get(), Reply.ignored());
            } else if (presettled && !streaming.busy()) {
                written.add(delivery);
            }
        }
        if (next < burst.size()) {
            streaming.waitBehind(burst.subList(next, burst.size()));
        }
        if (!written.isEmpty()) {
            acquisition.settleWritten(written);
        }
        return all;
    }

    /** A delivery is settled on both sides, and its tag may be another's. */
    void takeBack(byte[] tag) {
        resumption.map(Resumption::tags).orElse(tags).giveBack(tag);
    }

    /** Writes a message; if it can't be, what becomes of it instead. */
    private Optional<Outcome> write(Delivery delivery) {
        ReadableBuffer form;
        Optional<OutgoingBody> body = Optional.empty();
        try {
            Message message = formats.translate(delivery.message(), MessageFormat.AMQP);
            if (!delivery.notes().isEmpty()) {
                message = AmqpFormat.noted(message, delivery.notes());
            }
            form = WireForm.of(message, delivery.deliveryCount());
            long bytes = form.remaining() + message.body().length();
            if (tooLarge(bytes)) {
                LOG.warn("A message of queue {} has {} bytes, which is more than a receiver takes: others get it", delivery.queue(), bytes);
                return Optional.of(NOT_HERE);
            }
            if (message.large()) {
                body = session.broker().read(message.body());
                if (body.isEmpty()) {
                    LOG.warn("The body of large message {} of queue {} is gone", delivery.messageId(), delivery.queue());
                    return Optional.of(Outcome.REJECTED);
                }
            }
            delivery.sent();
        } catch (MalformedMessageException damaged) {
            LOG.warn("A message of queue {} can't be written as AMQP and goes to the dead letters: {}", delivery.queue(), damaged.getMessage());
            return Optional.of(Outcome.REJECTED);
        }
        send(delivery, form, body);
        return Optional.empty();
    }

    /** Whether the client has said that it takes none so large. */
    private boolean tooLarge(long bytes) {
        UnsignedLong largest = link.getRemoteMaxMessageSize();
        return largest != null && largest.longValue() > 0 && bytes > largest.longValue();
    }

    private void send(Delivery delivery, ReadableBuffer form, Optional<OutgoingBody> body) {
        org.apache.qpid.proton.engine.Delivery sent = link.delivery(presettled ? Tags.NONE
                : resumption.isPresent() ? resumption.get().tag(delivery) : tags.take());
        acquisition.mark(sent);
        link.sendNoCopy(form);
        if (!presettled) {
            sent.setContext(delivery);
            acquisition.acquired(sent);
        }
        if (body.isPresent()) {
            stream(delivery, sent, body.get());
            return;
        }
        link.advance();
        if (presettled) {
            sent.settle();
        }
    }

    /** The body follows what has been sent, and nothing else on this link meanwhile. */
    private void stream(Delivery delivery, org.apache.qpid.proton.engine.Delivery sent, OutgoingBody body) {
        streaming.begin(body, () -> {
            if (presettled) {
                sent.settle();
                acquisition.settleWritten(List.of(delivery));
            }
        }, cause -> {
            sent.setContext(null);
            LOG.error("Large message {} of queue {} can't be read and goes to the dead-letter address; the link that it was being sent over is"
                    + " closed: {}", delivery.messageId(), delivery.queue(), cause.getMessage());
            session.broker().settle(delivery, Outcome.REJECTED, Reply.ignored());
            dismiss.accept(new ErrorCondition(AmqpError.INTERNAL_ERROR, "the message that was being sent can't be read: " + cause.getMessage()));
        });
    }
}
