package io.delos.management;

import io.delos.broker.Broker;
import io.delos.broker.BrokerEvent;
import io.delos.broker.BrokerListener;
import io.delos.broker.Client;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Subscription;
import io.delos.config.BrokerSettings;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.delos.queue.Queue;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Tells on the notification address what happens (management, section 11). A notification is only made while somebody has a queue there.
 * They are sent from one loop, in the order in which it hears of things; any thread may tell.
 */
public final class Notifications implements BrokerListener {

    private static final Logger LOG = LogManager.getLogger(Notifications.class);
    private static final String UNAVAILABLE = "unavailable";

    private final Broker broker;
    private final Loop loop;
    private final BrokerSettings.General general;
    private final String address;
    private Optional<Session> session = Optional.empty();

    /** {@code loop} is where they are sent from. */
    public Notifications(Broker broker, Loop loop) {
        this.broker = broker;
        this.loop = loop;
        this.general = broker.config().general();
        this.address = broker.config().management().notificationAddress();
    }

    private boolean wanted() {
        return broker.routes().find(address).filter(route -> !route.queues().isEmpty()).isPresent();
    }

    @Override
    public void happened(BrokerEvent event) {
        if (!wanted()) {
            return;
        }
        if (event instanceof BrokerEvent.QueueAdded added) {
            send(bound("BINDING_ADDED", added.queue()).with("_AMQ_Binding_Type", 0));
        } else if (event instanceof BrokerEvent.QueueRemoved removed) {
            send(bound("BINDING_REMOVED", removed.queue()));
        } else if (event instanceof BrokerEvent.QueueUpdated updated) {
            send(bound("BINDING_UPDATED", updated.queue()).with("_AMQ_Binding_Type", 0));
        } else if (event instanceof BrokerEvent.AddressAdded added) {
            send(routed("ADDRESS_ADDED", added.address(), added.types()));
        } else if (event instanceof BrokerEvent.AddressRemoved removed) {
            send(routed("ADDRESS_REMOVED", removed.address(), removed.types()));
        } else {
            clientEvent(event);
        }
    }

    private void clientEvent(BrokerEvent event) {
        if (event instanceof BrokerEvent.SessionOpened opened && !general.suppressSessionNotifications()) {
            send(session("SESSION_CREATED", opened.session()));
        } else if (event instanceof BrokerEvent.SessionClosed closed && !general.suppressSessionNotifications()) {
            send(session("SESSION_CLOSED", closed.session()));
        } else if (event instanceof BrokerEvent.Connected connected) {
            send(connection("CONNECTION_CREATED", connected.client()));
        } else if (event instanceof BrokerEvent.Disconnected disconnected) {
            send(connection("CONNECTION_DESTROYED", disconnected.client()));
        } else if (event instanceof BrokerEvent.ConsumerOpened opened && !opened.subscription().browsing()) {
            Subscription consumer = opened.subscription();
            send(consumer("CONSUMER_CREATED", consumer, opened.consumers()).with("_AMQ_ValidatedUser", consumer.session().userName())
                    .with("_AMQ_CertSubjectDN", UNAVAILABLE).withText("_AMQ_FilterString", consumer.selector()));
        } else if (event instanceof BrokerEvent.ConsumerClosed closed && !closed.subscription().browsing()) {
            send(consumer("CONSUMER_CLOSED", closed.subscription(), closed.consumers())
                    .with("_AMQ_FilterString", QueueTable.orNull(closed.subscription().selector())));
        } else {
            rareEvent(event);
        }
    }

    private void rareEvent(BrokerEvent event) {
        if (event instanceof BrokerEvent.ConsumerSlow slow) {
            send(new Notice("CONSUMER_SLOW").with("_AMQ_Address", slow.subscription().address()).with("_AMQ_ConsumerCount", slow.consumers())
                    .with("_AMQ_RemoteAddress", slow.subscription().session().client().remoteAddress())
                    .with("_AMQ_ConnectionName", slow.subscription().session().client().connectionId())
                    .with("_AMQ_ConsumerName", slow.subscription().name()).with("_AMQ_SessionName", slow.subscription().session().name()));
        } else if (event instanceof BrokerEvent.LoginRefused refused) {
            send(new Notice("SECURITY_AUTHENTICATION_VIOLATION").with("_AMQ_User", refused.user())
                    .with("_AMQ_CertSubjectDN", refused.subject().isEmpty() ? UNAVAILABLE : refused.subject())
                    .with("_AMQ_RemoteAddress", refused.remoteAddress()));
        } else if (event instanceof BrokerEvent.PermissionRefused refused) {
            send(new Notice("SECURITY_PERMISSION_VIOLATION").with("_AMQ_Address", refused.address())
                    .with("_AMQ_CheckType", refused.permission().name()).with("_AMQ_User", refused.user()));
        } else if (event instanceof BrokerEvent.AcceptorStarted started) {
            send(acceptor("ACCEPTOR_STARTED", started.name()));
        } else if (event instanceof BrokerEvent.AcceptorStopped stopped) {
            send(acceptor("ACCEPTOR_STOPPED", stopped.name()));
        }
    }

    /** What is going to be told. */
    private static final class Notice {
        private final NeutralMessage.Builder message;

        Notice(String type) {
            message = NeutralMessage.from(Message.of(MessageFormat.CORE, new byte[0]).priority(0).durable(true)
                    .timestamp(System.currentTimeMillis()).build());
            with("_AMQ_NotifType", type).with("_AMQ_NotifTimestamp", System.currentTimeMillis());
        }

        Notice with(String name, Object value) {
            message.property(name, value);
            return this;
        }

        Notice withText(String name, String text) {
            return text.isEmpty() ? this : with(name, text);
        }
    }

    private Notice bound(String type, Queue queue) {
        return new Notice(type).with("_AMQ_Address", queue.address()).with("_AMQ_ClusterName", queue.name() + broker.nodeId())
                .with("_AMQ_RoutingName", queue.name()).with("_AMQ_Binding_ID", queue.id()).with("_AMQ_Distance", 0)
                .withText("_AMQ_FilterString", queue.config().filter());
    }

    private static Notice routed(String type, String name, java.util.Set<RoutingType> types) {
        Notice notice = new Notice(type).with("_AMQ_Address", name);
        return types.isEmpty() ? notice : notice.with("_AMQ_Routing_Type", types.iterator().next().code());
    }

    private Notice session(String type, Session opened) {
        Client client = opened.client();
        return new Notice(type).with("_AMQ_ConnectionName", client.connectionId()).with("_AMQ_User", client.user())
                .with("_AMQ_SessionName", opened.name()).with("_AMQ_Client_ID", QueueTable.orNull(client.clientId()))
                .with("_AMQ_Protocol_Name", client.protocol()).with("_AMQ_Address", address).with("_AMQ_Distance", 0);
    }

    private static Notice connection(String type, Client client) {
        return new Notice(type).with("_AMQ_ConnectionName", client.connectionId()).with("_AMQ_CertSubjectDN", UNAVAILABLE)
                .with("_AMQ_RemoteAddress", client.remoteAddress());
    }

    private Notice consumer(String type, Subscription consumer, int consumers) {
        Client client = consumer.session().client();
        return new Notice(type).with("_AMQ_Address", consumer.address()).with("_AMQ_ClusterName", consumer.queue() + broker.nodeId())
                .with("_AMQ_RoutingName", consumer.queue()).with("_AMQ_Distance", 0).with("_AMQ_ConsumerCount", consumers)
                .with("_AMQ_User", client.user()).with("_AMQ_RemoteAddress", client.remoteAddress())
                .with("_AMQ_SessionName", consumer.session().name()).with("_AMQ_ConsumerName", number(consumer.name()))
                .withText("_AMQ_Client_ID", client.clientId());
    }

    private static Object number(String name) {
        try {
            return Long.valueOf(name);
        } catch (NumberFormatException text) {
            return name;
        }
    }

    private static Notice acceptor(String type, String name) {
        return new Notice(type).with("factory", ManagedAcceptor.FACTORY).with("id", name);
    }

    private void send(Notice notice) {
        NeutralMessage neutral = notice.message.build();
        Message envelope = Message.of(MessageFormat.CORE, new byte[0]).address(address).priority(0).durable(false)
                .timestamp(neutral.header().timestamp()).build();
        byte[] bytes = broker.formats().of(MessageFormat.CORE).write(neutral);
        Message message = envelope.toBuilder().encoded(MessageFormat.CORE, bytes).build();
        loop.post(() -> open().send(message, Reply.of(sent -> { },
                refusal -> LOG.debug("A notification could not be sent: {}", refusal.getMessage()))));
    }

    private Session open() {
        if (session.isEmpty()) {
            session = Optional.of(broker.openOwnClient(loop).openSession());
        }
        return session.get();
    }
}
