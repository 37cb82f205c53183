package io.delos.core;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.core.ConsumerPacket.Acknowledge;
import io.delos.core.ConsumerPacket.CloseConsumer;
import io.delos.core.ConsumerPacket.CreateConsumer;
import io.delos.core.MessagePacket.ProducerCredits;
import io.delos.core.MessagePacket.Send;
import io.delos.core.MessagePacket.SendChunk;
import io.delos.core.MessagePacket.SendLarge;
import io.delos.core.MessagePacket.SendTail;
import io.delos.core.QueuePacket.AddressAnswer;
import io.delos.core.QueuePacket.CreateAddress;
import io.delos.core.QueuePacket.CreateQueue;
import io.delos.core.QueuePacket.CreateSharedQueue;
import io.delos.core.QueuePacket.DeleteQueue;
import io.delos.core.QueuePacket.QueryAddress;
import io.delos.core.QueuePacket.QueryQueue;
import io.delos.core.QueuePacket.QueueAnswer;
import io.delos.core.SessionPacket.Bare;
import io.delos.core.SessionPacket.Commit;
import io.delos.core.SessionPacket.Rollback;
import io.delos.message.NeutralMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * One session of a {@link CoreClient}. Any thread; calls that wait for the broker wait for their own answer only. Refusals are
 * {@link CoreClientException}s, everything else that goes wrong an {@link IOException} that ends the connection.
 */
public final class CoreClientSession implements AutoCloseable {
    private static final CoreFormat FORMAT = new CoreFormat();
    /** Bytes of a large message's body that go together. */
    private static final int CHUNK = 100 * 1024;

    private final CoreClient client;
    private final long channel;
    private final ClientCredits credits = new ClientCredits();
    private final Map<Long, CoreClientConsumer> consumers = new ConcurrentHashMap<>();
    private final AtomicLong nextConsumer = new AtomicLong();
    /** Requests without a correlation id in the order they were written: they are answered in that order. Guarded by itself. */
    private final Queue<CompletableFuture<Packet>> unanswered = new ArrayDeque<>();
    /** The others, by that id. */
    private final Map<Long, CompletableFuture<Packet>> correlated = new ConcurrentHashMap<>();
    private final AtomicLong correlation = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private boolean started;

    /** What the broker knows of a queue. Counts are as of the answer. */
    public record QueueState(boolean exists, String name, String address, RoutingType routingType, String filter, boolean durable,
                             boolean temporary, int consumers, long messages) { }

    /** What the broker knows of an address. */
    public record AddressState(boolean exists, List<String> queues, Set<RoutingType> routingTypes) { }

    CoreClientSession(CoreClient client, long channel) {
        this.client = client;
        this.channel = channel;
    }

    /** Sends to the message's own address; returns when the broker has it safely, or, unless it is durable, when it is written. */
    public void send(NeutralMessage message) throws IOException {
        CompletableFuture<Packet> answer = write(message, message.header().durable());
        if (message.header().durable()) {
            client.await(answer);
        }
    }

    /** Sends without waiting (except for credit): the future completes when the broker has it safely, or with the refusal. */
    public CompletableFuture<Void> sendAsync(NeutralMessage message) throws IOException {
        return write(message, true).thenAccept(answer -> {
            if (answer instanceof AnswerPacket.Failed refusal) {
                throw new java.util.concurrent.CompletionException(
                        new CoreClientException(refusal.code(), refusal.message().orElse("refused")));
            }
        });
    }

    /**
     * Puts a message into the queues with these ids, whatever their filters say; they should be the address's. For transacted sessions: waits
     * for credit only, and what the broker refuses fails the commit. Needs the right to manage the address beside that to send.
     */
    public void sendTo(String address, long[] queues, RawMessage message) throws IOException {
        CoreMessage core = message.routed(address, queues);
        credits.take(address, core.bytes().length, timeout().toMillis(), this::write);
        if (message.large()) {
            stream(core, new ByteArrayInputStream(message.body()), message.body().length, message);
        } else {
            write(new Send(core, SendTail.NO_ANSWER));
        }
    }

    /** The same with a large message whose body of {@code length} bytes comes out of a stream, and is never whole in memory. */
    public void sendTo(String address, long[] queues, RawMessage head, InputStream body, long length) throws IOException {
        CoreMessage core = head.routed(address, queues);
        credits.take(address, core.bytes().length, timeout().toMillis(), this::write);
        stream(core, body, length, head);
    }

    private void stream(CoreMessage head, InputStream body, long length, RawMessage message) throws IOException {
        write(new SendLarge(head));
        long left = length;
        do {
            byte[] chunk = body.readNBytes((int) Math.min(CHUNK, left));
            if (chunk.length < Math.min(CHUNK, left)) {
                throw new IOException("a body that ends " + left + " bytes early");
            }
            left -= chunk.length;
            write(new SendChunk(ByteBuffer.wrap(chunk), left > 0, message.bodySize(length), SendTail.NO_ANSWER));
        } while (left > 0);
    }

    private CompletableFuture<Packet> write(NeutralMessage message, boolean answer) throws IOException {
        byte[] bytes = FORMAT.write(withId(message));
        credits.take(message.header().address(), bytes.length, timeout().toMillis(), this::write);
        try {
            CoreMessage core = CoreMessage.of(bytes);
            return answer ? ask(number -> new Send(core, new SendTail(true, number, 0))) : written(new Send(core, SendTail.NO_ANSWER));
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }

    private static NeutralMessage withId(NeutralMessage message) {
        NeutralMessage.Header h = message.header();
        if (!h.messageId().isEmpty()) {
            return message;
        }
        return new NeutralMessage(new NeutralMessage.Header(h.address(), h.routing(), h.durable(), h.priority(), h.expiration(),
                h.timestamp(), h.deliverAt(), "ID:" + UUID.randomUUID(), h.correlationId(), h.replyTo(), h.type(), h.group(),
                h.groupSequence(), h.contentType(), h.userId()), message.properties(), message.content());
    }

    /** Takes messages; each must be acknowledged. An empty filter takes all. */
    public CoreClientConsumer consume(String queue, String filter) throws IOException {
        return consume(queue, filter, false);
    }

    /** Looks at the messages in the queue without taking them. */
    public CoreClientConsumer browse(String queue, String filter) throws IOException {
        return consume(queue, filter, true);
    }

    private CoreClientConsumer consume(String queue, String filter, boolean browse) throws IOException {
        long id = nextConsumer.getAndIncrement();
        CoreClientConsumer consumer = new CoreClientConsumer(this, id);
        consumers.put(id, consumer);
        try {
            call(new CreateConsumer(id, queue, present(filter), browse, true, 0));
        } catch (IOException e) {
            consumers.remove(id);
            throw e;
        }
        startOnce();
        consumer.start();
        return consumer;
    }

    private synchronized void startOnce() throws IOException {
        if (!started) {
            started = true;
            write(Bare.START);
        }
    }

    /** The message is dealt with: at once, or when the transaction commits. */
    public void acknowledge(ReceivedMessage message) throws IOException {
        call(new Acknowledge(true, message.consumer(), message.id(), true));
    }

    void closeConsumer(CloseConsumer request) throws IOException {
        call(request);
        consumers.remove(request.consumer());
    }

    /** Everything sent and acknowledged since the last commit happens, or none of it. */
    public void commit() throws IOException {
        client.await(ask(number -> new Commit(OptionalLong.of(number))));
    }

    /** Nothing of it happened; messages received come again. */
    public void rollback() throws IOException {
        call(new Rollback(false));
    }

    /** Creates an address, or gives an existing one exactly these routing types. */
    public void createAddress(String name, Set<RoutingType> types) throws IOException {
        call(new CreateAddress(name, types.stream().map(RoutingType::code).toList(), true, false));
    }

    /** Refused with code 101 when the queue exists. */
    public void createQueue(QueueRequest request) throws IOException {
        call(new CreateQueue(request.address(), request.name(), text(request, "filter"), given(request, "durable", true),
                given(request, "temporary", false), true, given(request, "auto-created", false), request.routingType().code(),
                given(request, "max-consumers", QueuePacket.UNLIMITED), given(request, "purge-on-no-consumers", false),
                QueueRequests.attributes(request)));
    }

    /** Creates the queue unless the same one exists: a shared subscription. Refused with code 118 when it differs. */
    public void createSharedQueue(QueueRequest request) throws IOException {
        call(new CreateSharedQueue(request.address(), request.name(), text(request, "filter"), given(request, "durable", true),
                request.routingType().code(), true, Optional.empty(), Optional.empty(), QueueRequests.attributes(request)));
    }

    @SuppressWarnings("unchecked")
    private static <T> T given(QueueRequest request, String attribute, T otherwise) {
        return (T) request.given(attribute).orElse(otherwise);
    }

    private static Optional<String> text(QueueRequest request, String attribute) {
        return present(given(request, attribute, ""));
    }

    /** Refused with code 100 when there is none, 104 when it has consumers. */
    public void deleteQueue(String name) throws IOException {
        call(new DeleteQueue(name));
    }

    public QueueState queryQueue(String name) throws IOException {
        if (!(call(new QueryQueue(name)) instanceof QueueAnswer answer)) {
            throw new IOException("the broker did not answer the question for queue " + name);
        }
        return new QueueState(answer.exists(), answer.name().orElse(name), answer.address().orElse(""),
                RoutingType.ofCode(answer.routingType()).orElse(RoutingType.MULTICAST), answer.filter().orElse(""), answer.durable(),
                answer.temporary(), answer.consumerCount(), answer.messageCount());
    }

    public AddressState queryAddress(String name) throws IOException {
        if (!(call(new QueryAddress(name)) instanceof AddressAnswer answer)) {
            throw new IOException("the broker did not answer the question for address " + name);
        }
        Set<RoutingType> types = java.util.EnumSet.noneOf(RoutingType.class);
        if (answer.multicast()) {
            types.add(RoutingType.MULTICAST);
        }
        if (answer.anycast()) {
            types.add(RoutingType.ANYCAST);
        }
        return new AddressState(answer.exists(), answer.queues(), types);
    }

    private static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    Duration timeout() {
        return client.timeout();
    }

    void write(Packet packet) throws IOException {
        client.write(channel, packet);
    }

    private CompletableFuture<Packet> written(Packet packet) throws IOException {
        write(packet);
        return CompletableFuture.completedFuture(packet);
    }

    private Packet call(Packet request) throws IOException {
        CompletableFuture<Packet> answer = new CompletableFuture<>();
        synchronized (unanswered) {
            unanswered.add(answer);
            write(request);
        }
        return client.await(answer);
    }

    private CompletableFuture<Packet> ask(LongFunction<Packet> request) throws IOException {
        long number = correlation.incrementAndGet();
        CompletableFuture<Packet> answer = new CompletableFuture<>();
        correlated.put(number, answer);
        write(request.apply(number));
        return answer;
    }

    /** Called by the reader thread. */
    void received(Packet packet, int size) {
        if (packet instanceof MessagePacket.Receive receive) {
            toConsumer(receive.consumer(), packet, size);
        } else if (packet instanceof MessagePacket.ReceiveLarge large) {
            toConsumer(large.consumer(), packet, size);
        } else if (packet instanceof MessagePacket.ReceiveChunk chunk) {
            toConsumer(chunk.consumer(), packet, size);
        } else if (packet instanceof ConsumerPacket.ConsumerGone gone) {
            toConsumer(gone.consumer(), packet, size);
        } else if (packet instanceof ProducerCredits granted) {
            credits.received(granted);
        } else if (!(packet instanceof AnswerPacket.Confirmed)) {
            answered(packet);
        }
    }

    private void toConsumer(long id, Packet packet, int size) {
        CoreClientConsumer consumer = consumers.get(id);
        if (consumer != null) {
            consumer.received(packet, size);
        }
    }

    private void answered(Packet packet) {
        OptionalLong number = packet instanceof AnswerPacket.Done done && done.correlation() > 0 ? OptionalLong.of(done.correlation())
                : packet instanceof AnswerPacket.Failed failed ? failed.correlation() : OptionalLong.empty();
        CompletableFuture<Packet> answer;
        if (number.isPresent()) {
            answer = correlated.remove(number.getAsLong());
        } else {
            synchronized (unanswered) {
                answer = unanswered.poll();
            }
        }
        if (answer != null) {
            answer.complete(packet);
        }
    }

    void fail(IOException cause) {
        credits.fail(cause);
        consumers.values().forEach(consumer -> consumer.end(cause));
        synchronized (unanswered) {
            unanswered.forEach(answer -> answer.completeExceptionally(cause));
            unanswered.clear();
        }
        correlated.values().forEach(answer -> answer.completeExceptionally(cause));
        correlated.clear();
    }

    /** Rolls back what is not committed and gives back what is not acknowledged. Again, or by two threads at once, is allowed: the first one closes. */
    @Override
    public void close() throws IOException {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        call(Bare.CLOSE);
        client.forget(channel);
        fail(new IOException("the session is closed"));
    }
}
