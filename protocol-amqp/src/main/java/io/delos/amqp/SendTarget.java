package io.delos.amqp;

import io.delos.broker.AddressInfo;
import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.engine.Receiver;

/**
 * Where a client's sender sends to, found or made (AMQP document, section 4).
 *
 * @param address empty for a sender that names an address in each message
 * @param type    what the client said of its kind; empty if nothing
 * @param answer  the target as the reply states it
 */
record SendTarget(String address, Optional<RoutingType> type, Target answer) {

    boolean anonymous() {
        return address.isEmpty();
    }

    /** Finds or makes what the link asks for. */
    static void resolve(AmqpSession session, Receiver link, Reply<SendTarget> done) {
        if (!(link.getRemoteTarget() instanceof Target)) {
            done.failed(new BrokerException(Reason.INVALID_REQUEST, "a sender needs a target"));
            return;
        }
        Target asked = (Target) link.getRemoteTarget();
        if (asked.getDynamic()) {
            temporary(session, asked, done);
        } else if (asked.getAddress() == null || asked.getAddress().isEmpty()) {
            done.done(new SendTarget("", Optional.empty(), asked));
        } else {
            named(session, asked, done);
        }
    }

    /**
     * A message that came over the link, as it goes on. INVALID_REQUEST if neither the link nor the message has an address.
     */
    Message message(Envelope envelope, AmqpSession session) throws BrokerException {
        String where = address;
        Optional<RoutingType> kind = type;
        if (anonymous()) {
            if (envelope.to().isEmpty()) {
                throw new BrokerException(Reason.INVALID_REQUEST, "Missing 'to' field for message sent to an anonymous producer");
            }
            Prefixes.Stripped to = session.connection().prefixes().strip(envelope.to());
            where = to.name();
            kind = to.type();
        }
        byte routing = envelope.annotatedRouting();
        if (kind.isPresent() && (!anonymous() || routing == Message.ROUTE_BOTH)) {
            routing = kind.get().code();
        }
        // only topics have subscribers that don't want their own messages
        String sender = routing == Message.ROUTE_ANYCAST ? "" : session.connection().containerId();
        boolean detectDuplicates = session.connection().options().settlement().detectDuplicates();
        return envelope.message(where, routing, sender, detectDuplicates, System.currentTimeMillis());
    }

    private static void named(AmqpSession session, Target asked, Reply<SendTarget> done) {
        Prefixes.Stripped stripped = session.connection().prefixes().strip(asked.getAddress());
        Optional<RoutingType> said = Capabilities.type(asked.getCapabilities());
        Optional<RoutingType> type = said.isPresent() ? said : stripped.type();
        SendTarget target = new SendTarget(stripped.name(), type, asked);
        Reply<AddressInfo> there = Reply.of(address -> session.broker().checkSend(stripped.name(), Reply.of(
                allowed -> done.done(target), refusal -> done.failed(worded(refusal, stripped.name())))),
                refusal -> done.failed(worded(refusal, stripped.name())));
        if (stripped.name().equals(session.connection().connection().broker().config().management().address())) {
            done.done(target);
        } else if (type.isPresent()) {
            ensure(session, stripped.name(), type, there);
        } else {
            withUsualType(session, stripped.name(), there);
        }
    }

    /** The client left the kind open: the address decides, or what its settings say if there is none. */
    private static void withUsualType(AmqpSession session, String name, Reply<AddressInfo> there) {
        String address = Capabilities.addressOf(name);
        session.broker().resources().queryAddress(address, Reply.of(known -> {
            RoutingType usual = session.connection().connection().broker().settingsFor(address).creation().addressRoutingType();
            Optional<RoutingType> type = known.isEmpty() ? Optional.of(usual)
                    : known.get().routingTypes().size() == 1 ? Optional.of(known.get().routingTypes().iterator().next()) : Optional.empty();
            ensure(session, name, type, there);
        }, there::failed));
    }

    private static void ensure(AmqpSession session, String name, Optional<RoutingType> type, Reply<AddressInfo> there) {
        boolean queueToo = type.equals(Optional.of(RoutingType.ANYCAST)) || name.contains("::");
        session.broker().resources().ensure(name, type, queueToo, there);
    }

    private static BrokerException worded(BrokerException refusal, String name) {
        switch (refusal.reason()) {
            case ADDRESS_NOT_FOUND: case QUEUE_NOT_FOUND:
                return new BrokerException(refusal.reason(), "AMQ119002: target address " + name + " does not exist");
            case NOT_PERMITTED:
                return new BrokerException(refusal.reason(), "AMQ119017: not authorized to create producer, " + refusal.getMessage());
            default:
                return refusal;
        }
    }

    /** The sentence for a message whose own address does not exist. */
    static String missing(BrokerException refusal) {
        String sentence = refusal.getMessage();
        int colon = sentence.lastIndexOf(": ");
        return "AMQ119002: target address " + (colon < 0 ? "" : sentence.substring(colon + 2)) + " does not exist";
    }

    private static void temporary(AmqpSession session, Target asked, Reply<SendTarget> done) {
        String name = UUID.randomUUID().toString();
        RoutingType usual = session.connection().connection().broker().settingsFor(name).creation().addressRoutingType();
        RoutingType type = Capabilities.type(asked.getCapabilities()).orElse(usual);
        Target answer = new Target();
        answer.setAddress(name);
        answer.setDynamic(true);
        answer.setDurable(asked.getDurable());
        answer.setExpiryPolicy(asked.getExpiryPolicy());
        answer.setTimeout(asked.getTimeout());
        answer.setDynamicNodeProperties(asked.getDynamicNodeProperties());
        answer.setCapabilities(asked.getCapabilities());
        SendTarget made = new SendTarget(name, Optional.of(type), answer);
        if (type == RoutingType.ANYCAST) {
            QueueRequest queue = Lifetime.of(asked.getDynamicNodeProperties()).queue(name);
            session.broker().resources().createQueue(queue, false, Reply.of(info -> done.done(made), refusal -> done.failed(notTemporary(refusal))));
        } else {
            session.broker().resources().createAddress(name, Set.of(type), true,
                    Reply.of(nothing -> done.done(made), refusal -> done.failed(notTemporary(refusal))));
        }
    }

    static BrokerException notTemporary(BrokerException refusal) {
        return refusal.reason() != Reason.NOT_PERMITTED ? refusal : new BrokerException(refusal.reason(),
                "AMQ119016: not authorized to create temporary destination, " + refusal.getMessage());
    }

    /** The link is gone: what was made for it alone goes too, unless it is to stay as long as the connection. Then {@code done} runs. */
    void abandon(AmqpSession session, Runnable done) {
        Lifetime lifetime = Lifetime.of(answer.getDynamicNodeProperties());
        boolean endsWithConnection = answer.getExpiryPolicy() == TerminusExpiryPolicy.CONNECTION_CLOSE
                || answer.getExpiryPolicy() == TerminusExpiryPolicy.NEVER;
        if (!answer.getDynamic() || lifetime == Lifetime.USE || lifetime == Lifetime.LINK && endsWithConnection) {
            done.run();
        } else if (type.equals(Optional.of(RoutingType.ANYCAST))) {
            session.deleteOwn(address, done);
        } else {
            session.broker().resources().deleteAddress(address, false, Reply.of(gone -> done.run(), refusal -> done.run()));
        }
    }
}
