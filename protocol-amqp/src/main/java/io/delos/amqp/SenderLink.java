package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.OutgoingBody;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.message.Formats;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Sender;

/**
 * A client's receiver: gives it messages as its credit allows and passes on how it settles them (AMQP document, sections 6 to 9). Owned
 * by the connection's loop.
 */
final class SenderLink implements AmqpLink, Sink {

    private static final Outcome NOT_HERE = new Outcome(Outcome.Kind.RELEASED, false, true);
    private static final Logger LOG = LogManager.getLogger(SenderLink.class);

    private final AmqpSession session;
    private final Sender link;
    private final Formats formats;
    private final Outcomes outcomes;
    private final Tags tags = new Tags();
    private final Claim claim;
    private Optional<ReadSource> source = Optional.empty();
    private Optional<Subscription> subscription = Optional.empty();
    /** If what it leaves unsettled is to be kept. */
    private Optional<Resumption> resumption = Optional.empty();
    private boolean subscribing;
    private boolean presettled;
    private boolean ended;
    /** It was ended from this side, so that the client's answer says nothing about a durable subscription. */
    private boolean dismissed;
    private final Acquisition acquisition;
    private final Streaming streaming;
    private final OutgoingCredit credit;

    SenderLink(AmqpSession session, Sender link) {
        this.session = session;
        this.link = link;
        this.claim = new Claim(session.connection().connection().client(), Claim.SUBSCRIPTION);
        this.formats = session.connection().connection().broker().formats();
        this.acquisition = new Acquisition(session);
        this.outcomes = new Outcomes(session.connection().options().settlement().rejectIsFailure());
        this.streaming = new Streaming(session.connection().engine(), link, new Streaming.Owner() {
            @Override
            public void withhold(boolean waits) {
                subscription.ifPresent(open -> open.withhold(waits));
            }

            @Override
            public void next(List<Delivery> deliveries) {
                credit.waited(deliveries.size());
                deliver(deliveries);
            }
        });
        this.credit = new OutgoingCredit(session, link, streaming);
    }

    // ---- the link

    @Override
    public void attach() {
        SourceFinder.find(session, link, Reply.of(this::found, this::refused));
    }

    private void found(ReadSource found) {
        if (ended) {
            return;
        }
        source = Optional.of(found);
        resumption = Standing.of(session, link, keep(found)).map(standing -> new Resumption(session, link, outcomes, standing, credit::flow));
        if (found.alone() && !session.connection().containerId().isEmpty()) {
            claim.take(found.request().queue(), this::stolen, this::claimed);
        } else {
            claimed();
        }
    }

    /** What it asks for, if what it reads is not gone with it anyway. */
    private Optional<Keep> keep(ReadSource found) {
        boolean stays = found.end() != ReadSource.End.DELETED && !found.request().browsing();
        return !stays ? Optional.empty() : Keep.of(found.answer(), session.connection().engine().reattachment(link).isPresent(),
                found.end() == ReadSource.End.CLOSE_DELETES, session.connection().options().settlement().resumeTimeout());
    }

    private void claimed() {
        if (ended) {
            letGo();
        } else if (resumption.isPresent()) {
            resumption.get().take(this::stolen, this::taken);
        } else {
            subscribe();
        }
    }

    private void taken() {
        if (ended) {
            resumption.orElseThrow().leave(acquisition, Keep.End.CONNECTION);
            letGo();
        } else {
            subscribe();
        }
    }

    private void letGo() {
        claim.letGo();
        resumption.ifPresent(Resumption::letGo);
    }

    private Tags tags() {
        return resumption.map(Resumption::tags).orElse(tags);
    }

    private void stolen() {
        if (!ended) {
            leave(Keep.End.DETACH);
            dismiss(new ErrorCondition(LinkError.STOLEN, "the link was attached again, by another connection of its container"));
        }
    }

    private void subscribe() {
        subscribing = true;
        session.broker().subscribe(source.orElseThrow().request(), this, Reply.of(this::subscribed, this::notSubscribed));
    }

    private void subscribed(Subscription made) {
        subscribing = false;
        if (ended) {
            made.close(Outcome.RELEASED, then(() -> deleteQueue(false, this::letGo)));
            return;
        }
        subscription = Optional.of(made);
        presettled = link.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
        resumption.ifPresent(resumed -> {
            source.orElseThrow().answer().setTimeout(UnsignedInteger.valueOf(resumed.seconds()));
            resumed.begin(made, presettled);
        });
        link.setSource(source.orElseThrow().answer());
        link.setTarget(link.getRemoteTarget());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        link.open();
        session.connection().engine().changed();
        credit.open(made, resumption);
    }

    private void notSubscribed(BrokerException refusal) {
        subscribing = false;
        resumption.ifPresent(Resumption::refused);
        deleteQueue(false, this::letGo);
        refused(AmqpErrors.noConsumer(refusal));
    }

    private void refused(BrokerException refusal) {
        if (!ended) {
            session.close(link, AmqpErrors.condition(refusal));
        }
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        session.flushSettlements();
        boolean detachIsClose = source.isPresent() && source.get().answer().getExpiryPolicy() == TerminusExpiryPolicy.LINK_DETACH;
        if (!closed) {
            leave(Keep.End.DETACH);
        }
        unsubscribe(!dismissed && (closed || detachIsClose), done);
    }

    @Override
    public void sessionEnded(Keep.End how) {
        leave(how);
        unsubscribe(false, () -> { });
    }

    /** What is unsettled stays the link's, if it asks for that. */
    private void leave(Keep.End how) {
        if (!ended) {
            resumption.ifPresent(asking -> asking.leave(acquisition, how));
        }
    }

    private void unsubscribe(boolean givenUp, Runnable done) {
        ended = true;
        credit.close();
        streaming.end();
        if (subscription.isPresent()) {
            subscription.get().close(Outcome.RELEASED, then(() -> deleteQueue(givenUp, () -> {
                letGo();
                done.run();
            })));
            subscription = Optional.empty();
        } else {
            if (!subscribing) {
                letGo();
            }
            done.run();
        }
    }

    private static Reply<Void> then(Runnable next) {
        return Reply.of(done -> next.run(), refusal -> next.run());
    }

    /**
     * The queue goes with the link if it was the link's.
     *
     * @param givenUp the client wants no durable subscription any more
     */
    private void deleteQueue(boolean givenUp, Runnable done) {
        boolean goes = source.isPresent() && (source.get().end() == ReadSource.End.DELETED
                || source.get().end() == ReadSource.End.CLOSE_DELETES && givenUp);
        if (goes) {
            session.deleteOwn(source.get().request().queue(), done);
        } else {
            done.run();
        }
    }

    /** The queue is gone, or the operator has ended the subscription. */
    @Override
    public void closed(BrokerException reason) {
        if (!ended) {
            boolean deleted = reason.reason() == Reason.QUEUE_NOT_FOUND;
            String queue = subscription.map(Subscription::queue).orElse("");
            dismiss(deleted ? new ErrorCondition(AmqpError.RESOURCE_DELETED, "Queue deleted: " + queue)
                    : new ErrorCondition(LinkError.DETACH_FORCED, reason.getMessage()));
        }
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        dismissed = true;
        session.close(link, condition);
        unsubscribe(false, () -> { });
    }

    // ---- credit

    @Override
    public void flow() {
        credit.flow();
    }

    @Override
    public void echo() {
        credit.echo();
    }

    /** From now on messages are handed out in this transaction, until it is discharged. */
    void acquireIn(OpenTransaction transaction) {
        acquisition.within(transaction);
    }

    /** Ends the link, for the transaction it was to hand messages out in isn't there. */
    void acquireInNone(BrokerException unknown) {
        dismiss(Transactions.unknown(unknown));
    }

    // ---- messages to the client

    @Override
    public void deliver(List<Delivery> burst) {
        credit.used(burst.size());
        if (ended) {
            return;
        }
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
        session.connection().engine().changed();
        if (!all || resumption.isPresent()) {
            // the credit for what was not written is still there
            credit.flow();
        }
    }

    /** Whether the client has said that it takes none so large. */
    private boolean tooLarge(long bytes) {
        UnsignedLong largest = link.getRemoteMaxMessageSize();
        return largest != null && largest.longValue() > 0 && bytes > largest.longValue();
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
            return Optional.empty();
        }
        link.advance();
        if (presettled) {
            sent.settle();
        }
        return Optional.empty();
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
            dismiss(new ErrorCondition(AmqpError.INTERNAL_ERROR, "the message that was being sent can't be read: " + cause.getMessage()));
        });
    }

    @Override
    public boolean streams(Message large) {
        return formats.streams(large, MessageFormat.AMQP) && (large.format() == MessageFormat.AMQP || large.body().length() <= Integer.MAX_VALUE);
    }

    // ---- and back

    @Override
    public void delivery(org.apache.qpid.proton.engine.Delivery sent) {
        if (ended || !(sent.getContext() instanceof Delivery)) {
            return;
        }
        Delivery delivery = (Delivery) sent.getContext();
        DeliveryState state = sent.getRemoteState();
        boolean settled = sent.remotelySettled();
        Optional<OpenTransaction> transaction;
        try {
            transaction = session.connection().transactions().of(state);
        } catch (BrokerException unknown) {
            dismiss(Transactions.unknown(unknown));
            return;
        }
        Optional<Outcome> outcome = outcomes.of(state);
        if (outcome.isPresent() && !acquisition.agrees(sent, transaction)) {
            return;
        }
        if (outcome.isPresent() || settled) {
            sent.setContext(null);
            if (sent == link.current()) {
                streaming.cut();
            }
        }
        Outcomes.note(state, delivery);
        if (outcome.isPresent()) {
            if (settled) {
                session.settlements().add(delivery, outcome.get(), transaction);
            } else {
                session.settlements().add(delivery, outcome.get(), transaction, sent);
            }
        }
        if (settled) {
            tags().giveBack(sent.getTag());
            sent.settle();
        }
    }
}
