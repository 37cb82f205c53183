package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Optional;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Sender;

/**
 * A client's receiver: gives it messages as its credit allows and passes on how it settles them (AMQP document, sections 6 to 9). Owned
 * by the connection's loop.
 */
final class SenderLink implements AmqpLink, Sink {

    private final AmqpSession session;
    private final Sender link;
    private final Formats formats;
    private final Outcomes outcomes;
    private final Claim claim;
    private Optional<ReadSource> source = Optional.empty();
    private Optional<Subscription> subscription = Optional.empty();
    /** If what it leaves unsettled is to be kept. */
    private Optional<Resumption> resumption = Optional.empty();
    private boolean subscribing;
    private boolean ended;
    /** It was ended from this side, so that the client's answer says nothing about a durable subscription. */
    private boolean dismissed;
    private final Acquisition acquisition;
    private final Streaming streaming;
    private final OutgoingCredit credit;
    private final Handover handover;

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
        this.handover = new Handover(session, link, acquisition, streaming, this::dismiss);
    }

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
        boolean presettled = link.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
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
        handover.begin(presettled, resumption);
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

    @Override
    public void deliver(List<Delivery> burst) {
        credit.used(burst.size());
        if (ended) {
            return;
        }
        boolean all = handover.give(burst);
        session.connection().engine().changed();
        if (!all || resumption.isPresent()) {
            // the credit for what was not written is still there
            credit.flow();
        }
    }

    @Override
    public boolean streams(Message large) {
        return formats.streams(large, MessageFormat.AMQP) && (large.format() == MessageFormat.AMQP || large.body().length() <= Integer.MAX_VALUE);
    }

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
            handover.takeBack(sent.getTag());
            sent.settle();
        }
    }
}
