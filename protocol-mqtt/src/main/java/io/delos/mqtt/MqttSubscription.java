package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** One filter of a session and the queue behind it. Owned by the connection's loop. */
final class MqttSubscription implements Sink {

    /** Messages asked of the queue ahead of what the socket has taken. */
    static final int AHEAD = 1000;
    /** Bytes asked of the queue ahead of what the socket has taken. */
    static final long BYTES_AHEAD = 2 << 20;

    private final MqttSession session;
    private final TopicFilter filter;
    private final String queue;
    /** Whether the queue is only lent: it belongs to an anycast address and stays when the subscription goes; or there is none. */
    private final boolean lent;
    private final ArrayDeque<Delivery> pending = new ArrayDeque<>();
    private SubscriptionOptions options;
    private Optional<Subscription> handle = Optional.empty();
    private int requested;
    private long bytesWritten;
    private boolean touched;
    private boolean ended;
    private String lastAddress = "";
    private byte[] lastTopic = new byte[0];
    private int[] identifiers;

    MqttSubscription(MqttSession session, TopicFilter filter, SubscriptionOptions options, String queue, boolean lent) {
        this.session = session;
        this.filter = filter;
        this.queue = queue;
        this.lent = lent;
        options(options);
    }

    /** The broker has accepted it, with this many messages of credit. */
    void opened(Subscription made, int credit) {
        handle = Optional.of(made);
        requested += credit;
    }

    Optional<Subscription> handle() {
        return handle;
    }

    MqttSession session() {
        return session;
    }

    TopicFilter filter() {
        return filter;
    }

    String queue() {
        return queue;
    }

    boolean lent() {
        return lent;
    }

    SubscriptionOptions options() {
        return options;
    }

    final void options(SubscriptionOptions changed) {
        options = changed;
        identifiers = changed.identifier() == 0 ? new int[0] : new int[] {changed.identifier()};
    }

    @Override
    public void deliver(List<Delivery> burst) {
        if (!ended) {
            requested -= burst.size();
            pending.addAll(burst);
            session.outbound().pump(this);
        }
    }

    @Override
    public boolean streams(Message large) {
        return session.outbound().streams(large);
    }

    @Override
    public void closed(BrokerException reason) {
        if (!ended) {
            session.lost(this, reason);
        }
    }

    /** Deliveries that wait for the socket or for the client to acknowledge others. */
    ArrayDeque<Delivery> pending() {
        return pending;
    }

    /** The socket has taken a delivery of so many bytes. */
    void written(long bytes) {
        bytesWritten += bytes;
    }

    /** Marks that credit may be due; false if it was marked before. */
    boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** Asks the queue for more, so that about {@code target} messages are on their way or waiting here; in portions. */
    void topUp(int target) {
        touched = false;
        int ahead = requested + pending.size();
        int wanted = Math.max(0, target - ahead);
        boolean messages = wanted > 0 && (ahead == 0 || wanted >= target / 2);
        if (handle.isPresent() && !ended && (messages || bytesWritten >= BYTES_AHEAD / 2)) {
            handle.get().credit(wanted, bytesWritten);
            requested += wanted;
            bytesWritten = 0;
        }
    }

    /** Nothing more is delivered; what comes is left to the broker. */
    void end() {
        ended = true;
        pending.clear();
    }

    boolean ended() {
        return ended;
    }

    /** The topic's bytes for an address; consecutive messages tend to have the same. */
    byte[] topic(String address, TopicNames names) {
        if (!address.equals(lastAddress)) {
            lastTopic = names.topic(address).getBytes(StandardCharsets.UTF_8);
            lastAddress = address;
        }
        return lastTopic;
    }

    /** The identifier told with each message: every subscription sends a copy of its own, and so only its own (MQTT 5, 3.3.4). */
    int[] identifiers() {
        return identifiers;
    }
}
