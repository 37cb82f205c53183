package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.Permission;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.queue.Queue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The addresses and queues that a client makes, asks for and removes, as far as its user's rights go. Owned by the session's loop; each
 * question waits for its turn in the session, and what is asked later waits for its answer. Each may be refused with NOT_PERMITTED.
 */
public final class SessionResources {

    private final Session session;
    private final Broker broker;

    SessionResources(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    /** Creates an address; ADDRESS_EXISTS if there is one. */
    public void createAddress(String name, Set<RoutingType> types, boolean autoCreated, Reply<Void> done) {
        session.inOrder(() -> {
            if (session.permitted(Permission.CREATE_ADDRESS, name, done)) {
                session.turns().block();
                broker.administration().createAddress(name, types, autoCreated, session.loop(), session.thenUnblock(done));
            }
        });
    }

    /** Has an address serve these routing types and no others; ROUTING_TYPE_MISMATCH if a queue needs another. */
    public void updateAddress(String name, Set<RoutingType> types, Reply<Void> done) {
        session.inOrder(() -> {
            if (session.permitted(Permission.CREATE_ADDRESS, name, done)) {
                session.turns().block();
                broker.administration().updateAddress(name, types, session.loop(), session.thenUnblock(done));
            }
        });
    }

    /** Deletes an address; with {@code force} its queues too, otherwise ADDRESS_IN_USE. */
    public void deleteAddress(String name, boolean force, Reply<Void> done) {
        session.inOrder(() -> {
            if (session.permitted(Permission.DELETE_ADDRESS, name, done)) {
                session.turns().block();
                broker.administration().deleteAddress(name, force, session.loop(), session.thenUnblock(done));
            }
        });
    }

    /**
     * Creates a queue, and its address where the settings and the user's rights allow. QUEUE_EXISTS if there is one of that name, unless
     * {@code ignoreIfExists}. A temporary one goes with the client.
     */
    public void createQueue(QueueRequest request, boolean ignoreIfExists, Reply<QueueInfo> done) {
        createQueue(request, ignoreIfExists, false, done);
    }

    /** A queue that is to be there, and who is told. */
    public record Wish(QueueRequest request, Reply<QueueInfo> done) { }

    /** Creates those of the queues that do not exist, at once: what is asked later waits for all answers. */
    public void createQueues(List<Wish> wishes) {
        session.inOrder(() -> wishes.forEach(wish -> create(wish.request, true, false, wish.done)));
    }

    /** As above; {@code autoCreated} says that it is made because a client used it. */
    public void createQueue(QueueRequest request, boolean ignoreIfExists, boolean autoCreated, Reply<QueueInfo> done) {
        session.inOrder(() -> create(request, ignoreIfExists, autoCreated, done));
    }

    private void create(QueueRequest request, boolean ignoreIfExists, boolean autoCreated, Reply<QueueInfo> done) {
        boolean durable = request.given("durable").map(Boolean.TRUE::equals).orElse(true);
        boolean exists = ignoreIfExists && broker.routes().queue(request.name()).isPresent();
        if (!exists && wouldKeep(request)) {
            done.failed(new BrokerException(Reason.NOT_IMPLEMENTED, "the direct address " + request.address()
                    + " keeps nothing, so there are no durable subscriptions to it"));
            return;
        }
        Permission needed = durable ? Permission.CREATE_DURABLE_QUEUE : Permission.CREATE_NON_DURABLE_QUEUE;
        if (exists || session.permitted(needed, request.address() + "::" + request.name(), done)) {
            boolean newAddress = broker.routes().find(request.address()).isEmpty();
            if (newAddress && !exists && !session.permitted(Permission.CREATE_ADDRESS, request.address(), done)) {
                return;
            }
            session.turns().block();
            Reply<QueueInfo> answer = session.thenUnblock(done);
            boolean owned = request.given("transient").map(Boolean.FALSE::equals).orElse(true);
            Optional<Client> owner = owned ? Optional.of(session.client()) : Optional.empty();
            broker.administration().createQueue(new Administration.NewQueue(ofUser(request), ignoreIfExists, autoCreated, owner), session.loop(), Reply.of(info -> {
                if (owned && info.config().temporary()) {
                    session.client().ownsTemporary(info.config().name());
                }
                answer.done(info);
            }, answer::failed));
        }
    }

    /** Whether messages would have to be kept for a subscriber who is away. */
    private boolean wouldKeep(QueueRequest request) {
        boolean durable = request.given("durable").map(Boolean.TRUE::equals).orElse(false);
        boolean multicast = request.given("routing-type").map(RoutingType.MULTICAST::equals).orElse(false);
        return durable && multicast && broker.isDirect(request.address());
    }

    /** It is this user's, unless it was said whose it is. */
    private QueueRequest ofUser(QueueRequest request) {
        return session.client().user().isEmpty() || request.given("user").isPresent() ? request : request.with("user", session.client().user());
    }

    /** Deletes a queue and everything in it. QUEUE_NOT_FOUND; QUEUE_IN_USE while it has consumers. */
    public void deleteQueue(String name, Reply<Void> done) {
        session.inOrder(() -> {
            Optional<Queue> queue = broker.findQueue(name);
            if (queue.isEmpty()) {
                done.failed(new BrokerException(Reason.QUEUE_NOT_FOUND, "AMQ229017: Queue " + name + " does not exist"));
                return;
            }
            Permission needed = queue.get().durable() ? Permission.DELETE_DURABLE_QUEUE : Permission.DELETE_NON_DURABLE_QUEUE;
            if (session.permitted(needed, queue.get().address() + "::" + queue.get().name(), done)) {
                session.turns().block();
                broker.administration().deleteQueueOfClient(queue.get().name(), session.loop(), session.thenUnblock(done));
            }
        });
    }

    /**
     * Sees to it that something of this name (or {@code address::queue}) can be used: the address with the routing type, and when
     * {@code queueToo} a queue of the same name, are created where settings and rights allow. Answers with what there is then.
     */
    public void ensure(String name, Optional<RoutingType> type, boolean queueToo, Reply<AddressInfo> done) {
        session.inOrder(() -> ensureNow(name, type, queueToo, done));
    }

    void ensureNow(String name, Optional<RoutingType> type, boolean queueToo, Reply<AddressInfo> done) {
        Ensure wish = Ensure.of(name, type, queueToo);
        if (wish.fulfilled(broker.routes())) {
            broker.administration().describe(wish.address(), done);
            return;
        }
        Optional<BrokerException> refusal = wish.missingRight(broker, session);
        if (refusal.isPresent()) {
            done.failed(refusal.get());
            return;
        }
        session.turns().block();
        broker.administration().ensure(wish, session.loop(), session.thenUnblock(done));
    }

    /** Where messages for this address go, which need not be there for that. */
    void passNow(String address, Reply<Route> done) {
        Ensure wish = Ensure.of(address, Optional.of(RoutingType.MULTICAST), false);
        Optional<BrokerException> refusal = wish.missingRight(broker, session);
        if (refusal.isPresent()) {
            done.failed(refusal.get());
        } else {
            session.turns().block();
            broker.administration().pass(wish, session.loop(), session.thenUnblock(done));
        }
    }

    /** What there is to know about a queue; empty if there is none of that name. The queue is asked: what was confirmed before is counted. */
    public void queryQueue(String name, Reply<Optional<QueueInfo>> done) {
        session.inOrder(() -> {
            Optional<Queue> found = broker.findQueue(name);
            if (found.isEmpty()) {
                done.done(Optional.empty());
                return;
            }
            session.turns().block();
            Reply<Optional<QueueInfo>> answer = session.thenUnblock(done);
            Queue queue = found.get();
            queue.loop().post(() -> {
                Optional<QueueInfo> info = Optional.of(QueueInfo.of(queue));
                session.loop().post(() -> answer.done(info));
            });
        });
    }

    /** What there is to know about an address; empty if there is none of that name. */
    public void queryAddress(String name, Reply<Optional<AddressInfo>> done) {
        session.inOrder(() -> done.done(broker.routes().find(name).map(AddressInfo::of)));
    }

    /** NOT_PERMITTED unless the user may manage the broker. */
    public void checkManage(Reply<Void> done) {
        if (session.permitted(Permission.MANAGE, broker.managementAddress(), done)) {
            done.done(null);
        }
    }

    /** Asks something of the management node, out of the session's order: it concerns everybody. */
    public void manage(ManagementRequest request, Consumer<ManagementRequest.Answer> answer) {
        checkManage(Reply.of(allowed -> broker.management().request(session, request, answer),
                refusal -> answer.accept(ManagementRequest.Answer.refusal(403, refusal.getMessage()))));
    }
}
