package io.delos.core;

import io.delos.broker.AddressInfo;
import io.delos.broker.BrokerException;
import io.delos.broker.QueueInfo;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.config.AddressSettings;
import io.delos.config.ConfigException;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.core.QueuePacket.AddressAnswer;
import io.delos.core.QueuePacket.CreateAddress;
import io.delos.core.QueuePacket.CreateQueue;
import io.delos.core.QueuePacket.CreateSharedQueue;
import io.delos.core.QueuePacket.DeleteQueue;
import io.delos.core.QueuePacket.QueryAddress;
import io.delos.core.QueuePacket.QueryQueue;
import io.delos.core.QueuePacket.QueueAnswer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Addresses and queues as a session makes, removes and asks about them; owned by the connection's loop (section 10). */
final class CoreQueues {
    private static final String FQQN = "::";
    private static final QueueAttributes UNKNOWN_QUEUE = new QueueAttributes(
            Optional.of(false), Optional.of(false), Optional.empty(), Optional.of(false), Optional.of(0), Optional.of(-1L),
            Optional.of(false), Optional.of(-1), Optional.of(false), Optional.of(0L), Optional.of(0L), Optional.empty(), Optional.of(-1L),
            Optional.empty(), Optional.of(false));

    private final CoreSession session;

    CoreQueues(CoreSession session) {
        this.session = session;
    }

    void handle(QueuePacket packet) throws MalformedPacketException {
        try {
            if (packet instanceof QueryQueue query) {
                describe(session, session.plain(query.queue()), session::send);
            } else if (packet instanceof QueryAddress query) {
                queryAddress(session.plain(query.address()));
            } else if (packet instanceof CreateQueue create) {
                create(create);
            } else if (packet instanceof CreateAddress create) {
                create(create);
            } else if (packet instanceof CreateSharedQueue create) {
                create(create);
            } else if (packet instanceof DeleteQueue delete) {
                session.broker().resources().deleteQueue(queueOf(session.plain(delete.queue())), session.answering(true));
            } else {
                throw new MalformedPacketException(packet.getClass().getSimpleName() + " is nothing a client says");
            }
        } catch (ConfigException wrong) {
            session.broker().afterAll(() -> session.fail(new BrokerException(Reason.INVALID_REQUEST, wrong.getMessage())));
        }
    }

    private void create(CreateAddress packet) {
        Prefixes.Name name = session.handler().prefixes().strip(packet.address());
        Set<RoutingType> types = EnumSet.noneOf(RoutingType.class);
        packet.routingTypes().forEach(code -> RoutingType.ofCode(code).ifPresent(types::add));
        name.type().ifPresent(types::add);
        session.broker().resources().createAddress(name.plain(), types, packet.autoCreated(), Reply.of(
                done -> session.<Void>answering(packet.answer()).done(done),
                refusal -> addressRefused(packet, name.plain(), types, refusal)));
    }

    /** An address that exists serves what is asked for from now on. */
    private void addressRefused(CreateAddress packet, String name, Set<RoutingType> types, BrokerException refusal) {
        if (refusal.reason() == Reason.ADDRESS_EXISTS && !types.isEmpty()) {
            session.broker().resources().updateAddress(name, types, session.answering(packet.answer()));
        } else {
            session.<Void>answering(packet.answer()).failed(refusal);
        }
    }

    private void create(CreateQueue packet) {
        QueueRequest request = request(packet.address(), packet.queue(), packet.routingType(), packet.filter())
                .with("durable", packet.durable() && !packet.temporary())
                .with("temporary", packet.temporary());
        if (session.handler().version() >= Version.ADDRESS_MODEL) {
            request = request.with("max-consumers", packet.maxConsumers()).with("purge-on-no-consumers", packet.purgeOnNoConsumers());
        }
        QueueRequest wanted = QueueRequests.with(request, packet.attributes());
        session.broker().resources().queryAddress(wanted.address(), Reply.of(address -> {
            boolean mayAppear = session.handler().connection().broker().settingsFor(wanted.address()).creation().createAddresses();
            if (address.isPresent() || packet.temporary() || mayAppear) {
                // a client that reconnects does not ask for an answer, and will often find its queue there
                session.broker().resources().createQueue(wanted, !packet.answer(), packet.autoCreated(), session.answering(packet.answer()));
            } else {
                session.answering(packet.answer()).failed(new BrokerException(Reason.ADDRESS_NOT_FOUND,
                        "AMQ229203: Address Does Not Exist: " + wanted.address()));
            }
        }, session::fail));
    }

    private void create(CreateSharedQueue packet) {
        QueueRequest request = request(packet.address(), packet.queue(), packet.routingType(), packet.filter())
                .with("durable", packet.durable());
        if (!packet.durable()) {
            request = request.with("temporary", true).with("transient", true);
        }
        request = QueueRequests.with(request, "max-consumers", packet.maxConsumers());
        request = QueueRequests.with(request, "purge-on-no-consumers", packet.purgeOnNoConsumers());
        QueueRequest wanted = QueueRequests.with(request, packet.attributes());
        session.broker().resources().createQueue(wanted, true, Reply.of(made -> sharedQueue(packet, wanted, made), refusal -> {
            if (packet.answer()) {
                session.fail(refusal);
            } else {
                session.log(refusal);
            }
        }));
    }

    private void sharedQueue(CreateSharedQueue packet, QueueRequest wanted, QueueInfo made) {
        boolean same = made.config().address().equals(wanted.address())
                && made.config().filter().equals(packet.filter().map(String::trim).orElse(""));
        if (packet.answer() && same) {
            session.done();
        } else if (packet.answer()) {
            session.send(CoreErrors.failed(CoreErrors.INVALID_TRANSIENT_QUEUE_USE,
                    "queue " + made.config().name() + " exists on address " + made.config().address() + " with filter '"
                            + made.config().filter() + "'"));
        }
    }

    private QueueRequest request(String address, String queue, byte routingType, Optional<String> filter) {
        Prefixes.Name name = session.handler().prefixes().strip(address);
        RoutingType type = RoutingType.ofCode(routingType).or(name::type)
                .orElseGet(() -> session.handler().connection().broker().settingsFor(name.plain()).creation().queueRoutingType());
        return QueueRequest.of(session.plain(queue), name.plain(), type).with("filter", filter.orElse(""));
    }

    /** The queue's name of an {@code address::queue}. */
    static String queueOf(String name) {
        int separator = name.indexOf(FQQN);
        return separator > 0 ? name.substring(separator + FQQN.length()) : name;
    }

    private static String addressOf(String name) {
        int separator = name.indexOf(FQQN);
        return separator > 0 ? name.substring(0, separator) : name;
    }

    /** Gives {@code answer} what is known of a queue, or of what it would be. */
    static void describe(CoreSession session, String name, Consumer<Packet> answer) {
        session.broker().resources().queryQueue(queueOf(name), Reply.of(
                found -> answer.accept(found.map(CoreQueues::known).orElseGet(() -> unknown(session, name))),
                refusal -> answer.accept(CoreErrors.failed(refusal))));
    }

    private static QueueAnswer known(QueueInfo info) {
        QueueConfig config = info.config();
        AddressSettings settings = info.settings();
        return new QueueAnswer(true, config.durable(), config.temporary(), info.consumers(), info.messages(), text(config.filter()),
                Optional.of(config.address()), Optional.of(config.name()), settings.creation().createQueues(), config.autoCreated(),
                config.purgeOnNoConsumers(), config.routingType().code(), config.maxConsumers(),
                Optional.of(settings.observation().consumerWindowSize()), attributes(config), Optional.of(config.configured()));
    }

    private static QueueAttributes attributes(QueueConfig config) {
        return new QueueAttributes(Optional.of(config.exclusive()), Optional.of(config.lastValue()), text(config.lastValueKey()),
                Optional.of(config.nonDestructive()), Optional.of(config.consumersBeforeDispatch()),
                Optional.of(config.delayBeforeDispatch()), Optional.of(config.groupRebalance()), Optional.of(config.groupBuckets()),
                Optional.of(config.autoDelete()), Optional.of(config.autoDeleteDelay()), Optional.of(config.autoDeleteMessageCount()),
                text(config.groupFirstKey()), Optional.of(config.ringSize()), Optional.of(config.enabled()),
                Optional.of(config.groupRebalancePauseDispatch()));
    }

    private static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static QueueAnswer unknown(CoreSession session, String name) {
        String address = addressOf(name);
        boolean management = address.equals(session.handler().connection().broker().config().management().address());
        AddressSettings settings = session.handler().connection().broker().settingsFor(address);
        int count = management ? -1 : 0;
        return new QueueAnswer(management, true, false, count, count, Optional.empty(), Optional.of(address),
                Optional.of(queueOf(name)), settings.creation().createQueues(), false, settings.queues().purgeOnNoConsumers(),
                QueuePacket.MULTICAST, settings.queues().maxConsumers(), Optional.of(settings.observation().consumerWindowSize()),
                UNKNOWN_QUEUE, Optional.of(false));
    }

    private void queryAddress(String name) {
        String address = addressOf(name);
        session.broker().resources().queryAddress(address, Reply.of(found -> session.send(answer(name, address, found)), session::fail));
    }

    private AddressAnswer answer(String name, String address, Optional<AddressInfo> found) {
        boolean management = address.equals(session.handler().connection().broker().config().management().address());
        AddressSettings settings = found.map(AddressInfo::settings)
                .orElseGet(() -> session.handler().connection().broker().settingsFor(address));
        Set<RoutingType> types = management ? EnumSet.allOf(RoutingType.class) : found.map(AddressInfo::routingTypes).orElse(Set.of());
        List<String> queues = management ? List.of() : found.map(AddressInfo::queues).orElse(List.of());
        if (session.handler().version() < Version.CORRELATION && name.contains(FQQN)) {
            queues = queues.stream().map(queue -> address + FQQN + queue).toList();
        }
        return new AddressAnswer(management || found.isPresent(), queues, settings.creation().createQueues(),
                settings.creation().createAddresses(), settings.queues().purgeOnNoConsumers(), settings.queues().maxConsumers(),
                defaults(settings.queues()), types.contains(RoutingType.MULTICAST), types.contains(RoutingType.ANYCAST));
    }

    private static QueueAttributes defaults(AddressSettings.QueueDefaults queues) {
        return new QueueAttributes(Optional.of(queues.exclusive()), Optional.of(queues.lastValue()), text(queues.lastValueKey()),
                Optional.of(queues.nonDestructive()), Optional.of(queues.consumersBeforeDispatch()),
                Optional.of(queues.delayBeforeDispatch()), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
