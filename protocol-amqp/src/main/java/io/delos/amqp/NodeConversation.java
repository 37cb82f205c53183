package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.config.RoutingType;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;

/**
 * A session's requests to the management node, over whatever link they come. Each is answered where it says: over the connection's own link from the
 * node if there is one to that place ({@link ManagementReplies}), else as a message like others. Owned by the connection's loop.
 */
final class NodeConversation {

    /** Where AMQP clients look for management. */
    static final String NODE = "$management";
    /** The largest request, in bytes. */
    static final int LONGEST = 64 * 1024;

    private static final Logger LOG = LogManager.getLogger(NodeConversation.class);

    private final AmqpSession session;

    NodeConversation(AmqpSession session) {
        this.session = session;
    }

    /**
     * Asks what a message asks.
     *
     * @param outcome is told what becomes of the message
     * @param gone    runs when its answer has gone, or there is none
     */
    void ask(byte[] bytes, boolean transacted, Consumer<DeliveryState> outcome, Runnable gone) {
        if (transacted || bytes.length > LONGEST) {
            refuse(transacted ? transacted() : tooLarge(), outcome, gone);
            return;
        }
        NodeRequest request;
        try {
            request = NodeRequest.read(bytes);
        } catch (MalformedMessageException damaged) {
            refuse(new ErrorCondition(AmqpError.DECODE_ERROR, damaged.getMessage()), outcome, gone);
            return;
        }
        if (request.replyTo().isEmpty()) {
            refuse(new ErrorCondition(AmqpError.INVALID_FIELD, "a request to the management node needs a reply-to"), outcome, gone);
            return;
        }
        session.broker().resources().checkManage(Reply.of(allowed -> {
            outcome.accept(Accepted.getInstance());
            session.broker().resources().manage(request.asked(), answer -> reply(request.replyTo(), request.answer(answer), gone));
        }, refused -> refuse(AmqpErrors.condition(refused), outcome, gone)));
    }

    /** Why a request of more than {@link #LONGEST} bytes is not taken. */
    static ErrorCondition tooLarge() {
        return new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED, "a request to the management node may have " + LONGEST + " bytes");
    }

    /** Why a request in a transaction is not taken. */
    static ErrorCondition transacted() {
        return new ErrorCondition(AmqpError.NOT_IMPLEMENTED, "management takes part in no transaction");
    }

    private static void refuse(ErrorCondition why, Consumer<DeliveryState> outcome, Runnable gone) {
        Rejected rejected = new Rejected();
        rejected.setError(why);
        outcome.accept(rejected);
        gone.run();
    }

    private void reply(String where, byte[] answer, Runnable gone) {
        if (session.over()) {
            return;
        }
        Optional<ManagementReplies> here = session.connection().replies().to(where);
        if (here.isPresent()) {
            here.get().give(answer, gone);
            return;
        }
        Prefixes.Stripped to = session.connection().prefixes().strip(where);
        byte routing = to.type().map(RoutingType::code).orElse(Message.ROUTE_BOTH);
        session.broker().send(new Envelope(answer).message(to.name(), routing, "", false, System.currentTimeMillis()),
                Reply.of(sent -> gone.run(), refusal -> unsent(refusal, gone)));
    }

    private static void unsent(BrokerException refusal, Runnable gone) {
        LOG.warn("The answer to a request to the management node could not be sent: {}", refusal.getMessage());
        gone.run();
    }
}
