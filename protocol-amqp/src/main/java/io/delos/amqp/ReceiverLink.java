package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A client's sender: is attached, has credit, and ends (AMQP document, section 4). Owned by the connection's loop. Its messages are made whole by
 * {@link Gathering} and sent on by {@link Posting}. They have a fixed address, or, on an anonymous link, the one in their own {@code to}.
 */
final class ReceiverLink implements AmqpLink {

    static final Symbol DELAYED_DELIVERY = Symbol.valueOf("DELAYED_DELIVERY");

    private final AmqpSession session;
    private final Receiver link;
    private final IncomingCredit credit;
    private Optional<SendTarget> target = Optional.empty();
    private Optional<Posting> posting = Optional.empty();
    private Optional<Gathering> gathering = Optional.empty();
    private boolean open;
    private boolean ended;
    /** For a direct address. */
    private Optional<DirectCredit> direct = Optional.empty();
    /** If what it leaves unsettled is to be kept. */
    private Optional<Arrivals> arrivals;

    ReceiverLink(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
        this.credit = new IncomingCredit(session, link, session.connection().options().flow(), new IncomingCredit.Owner() {
            @Override
            public String address() {
                return posting.map(Posting::lastAddress).orElse("");
            }

            @Override
            public void dismiss(ErrorCondition condition) {
                ReceiverLink.this.dismiss(condition);
            }
        });
        this.arrivals = Standing.of(session, link, keep()).map(standing -> new Arrivals(session, link, standing));
    }

    /** What it asks for, if what it sends to is not gone with it anyway. */
    private Optional<Keep> keep() {
        boolean dynamic = link.getRemoteTarget() instanceof Target && ((Target) link.getRemoteTarget()).getDynamic();
        return dynamic ? Optional.empty() : Keep.of(link.getRemoteTarget(), session.connection().engine().reattachment(link).isPresent(), false,
                session.connection().options().settlement().resumeTimeout());
    }

    @Override
    public void attach() {
        arrivals.ifPresentOrElse(asking -> asking.take(this::stolen, this::resolve), this::resolve);
    }

    private void resolve() {
        if (ended) {
            arrivals.ifPresent(asking -> asking.leave(Keep.End.CONNECTION));
            letGo();
        } else {
            SendTarget.resolve(session, link, Reply.of(this::opened, this::refused));
        }
    }

    private void opened(SendTarget resolved) {
        if (ended || link.getLocalState() == EndpointState.CLOSED) {
            resolved.abandon(session, () -> { });
            return;
        }
        target = Optional.of(resolved);
        open = true;
        direct = DirectCredit.of(session, link, resolved, this::addressGone);
        if (direct.isPresent()) {
            letGo();
            arrivals = Optional.empty();
        }
        arrivals.ifPresent(asking -> resolved.answer().setTimeout(UnsignedInteger.valueOf(asking.seconds())));
        posting = Optional.of(new Posting(session, link, new Posting.Means(resolved, credit, direct, arrivals)));
        gathering = Optional.of(new Gathering(session, link, posting.get(), this::dismiss));
        link.setSource(link.getRemoteSource());
        link.setTarget(resolved.answer());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        if (Capabilities.contains(link.getRemoteDesiredCapabilities(), DELAYED_DELIVERY)) {
            link.setOfferedCapabilities(new Symbol[] {DELAYED_DELIVERY});
        }
        link.open();
        session.connection().engine().changed();
        if (direct.isEmpty()) {
            credit.open();
        }
    }

    private void refused(BrokerException refusal) {
        if (!ended) {
            dismiss(AmqpErrors.condition(refusal));
        }
    }

    @Override
    public void flow() {
        credit.flow();
    }

    @Override
    public void echo() {
        session.connection().engine().echo(link);
    }

    @Override
    public void delivery(Delivery delivery) {
        if (posting.isPresent() && posting.get().settledByPeer(delivery) || !delivery.isReadable()) {
            return;
        }
        if (open) {
            gathering.orElseThrow().add(delivery);
        } else {
            Gathering.discard(link, delivery);
        }
    }

    /** Whether what comes next belongs to a message that goes to the disk as it comes. */
    boolean streams() {
        return open && gathering.orElseThrow().streams();
    }

    /** More of that message, which is not waited for: its transfer comes behind it. */
    void arrived(ByteBuffer more) {
        gathering.ifPresent(gathers -> gathers.arrived(more));
    }

    private void addressGone() {
        if (open) {
            String address = posting.map(Posting::lastAddress).orElse("");
            dismiss(new ErrorCondition(AmqpError.RESOURCE_DELETED, "Address deleted: " + address));
        }
    }

    private void stolen() {
        if (!ended) {
            leave(Keep.End.DETACH);
            dismiss(new ErrorCondition(LinkError.STOLEN, "the link was attached again, by another connection of its container"));
        }
    }

    /** What is unsettled is kept for when it comes back, if it asks for that. */
    private void leave(Keep.End how) {
        if (open) {
            arrivals.ifPresent(asking -> asking.leave(how));
        }
    }

    private void letGo() {
        arrivals.ifPresent(Arrivals::letGo);
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        close();
        session.close(link, condition);
    }

    private void close() {
        open = false;
        credit.close();
        direct.ifPresent(DirectCredit::close);
        gathering.ifPresent(Gathering::forget);
        letGo();
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        if (!closed) {
            leave(Keep.End.DETACH);
        }
        end(done);
    }

    @Override
    public void sessionEnded(Keep.End how) {
        leave(how);
        end(() -> { });
    }

    private void end(Runnable done) {
        ended = true;
        posting.ifPresent(Posting::end);
        close();
        if (target.isPresent()) {
            target.get().abandon(session, done);
        } else {
            done.run();
        }
    }
}
