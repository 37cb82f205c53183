package io.delos.broker;

import io.delos.address.AddressCounters;
import io.delos.address.Divert;
import io.delos.address.Route;
import io.delos.config.AddressSettings;
import io.delos.config.FullPolicy;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Works out where one message goes that does not just go into the queues of its address: by diverts, and to the dead letters if it finds no
 * queue (address model, sections 2 and 14). It changes nothing: what it found is its caller's to write, in one unit. Used once, on its
 * caller's loop.
 */
final class Fork {

    private final Broker broker;
    private final Loop clock;
    private final Message original;
    private final long id;
    private final List<Transaction.Send> sends = new ArrayList<>(2);
    private final List<Runnable> counts = new ArrayList<>(2);
    /** What the message has passed on its way to where it is: nothing twice, or it would never arrive. */
    private final Set<Object> passed = new HashSet<>(2);
    private Optional<DeadLetters.Place> missing = Optional.empty();
    private Optional<BrokerException> refusal = Optional.empty();

    private Fork(Broker broker, Loop clock, Message original, long id) {
        this.broker = broker;
        this.clock = clock;
        this.original = original;
        this.id = id;
    }

    /** For a message that has just come; {@code only} when one queue was named. */
    static Fork of(Broker broker, Loop clock, Route route, Optional<Queue> only, Message message) {
        // the place in the journal by which queues know a message is not known yet, and an original that is not kept never has one
        return of(broker, clock, new Start(route, only, broker.nextTransaction()), message);
    }

    /** Where a message is, and what copies are to call it. */
    record Start(Route route, Optional<Queue> only, long id) { }

    static Fork of(Broker broker, Loop clock, Start start, Message message) {
        Fork fork = new Fork(broker, clock, message, start.id);
        fork.follow(start.route, start.only, message);
        return fork;
    }

    /** Messages, each in the queues it goes to. */
    List<Transaction.Send> sends() {
        return sends;
    }

    /** Whether the message itself is among {@link #sends}, and not only copies of it. */
    boolean keepsOriginal() {
        return sends.stream().anyMatch(send -> send.message() == original);
    }

    /** Resources for dead letters that must be created first; then it is to be worked out again. */
    Optional<DeadLetters.Place> missing() {
        return missing;
    }

    /** Why it can't be sent. */
    Optional<BrokerException> refusal() {
        return refusal;
    }

    /** It will be so: each address counts, and each queue. False, and nothing is counted, if one of those is about to be removed. */
    boolean counted() {
        for (int i = 0; i < sends.size(); i++) {
            if (!Sender.counted(sends.get(i).message(), sends.get(i).targets())) {
                sends.subList(0, i).forEach(send -> List.of(send.targets()).forEach(queue -> queue.usage().remove(send.message().size(), 1)));
                return false;
            }
        }
        counts.forEach(Runnable::run);
        return true;
    }

    private void follow(Route route, Optional<Queue> only, Message message) {
        int before = sends.size();
        boolean taken = false;
        for (Divert divert : route.diverts().exclusive()) {
            taken |= takes(divert, route, message);
        }
        if (!taken) {
            route.diverts().groups().forEach(group -> oneTakes(group, route, message));
            enters(route, only, message);
        }
        boolean found = sends.size() > before;
        AddressCounters counters = route.counters();
        counts.add(found ? counters::routedOne : counters::unroutedOne);
        if (!found) {
            toDeadLetters(route, message);
        }
    }

    private void enters(Route route, Optional<Queue> only, Message message) {
        Queue[] targets = only.isEmpty() ? route.targets(message, broker.formats())
                : Route.accepts(only.get(), message, broker.formats()) ? new Queue[] {only.get()} : new Queue[0];
        if (targets.length > 0) {
            sends.add(new Transaction.Send(message, targets));
        }
    }

    private void oneTakes(Divert[] group, Route route, Message message) {
        int first = route.diverts().turn(group.length);
        for (int i = 0; i < group.length; i++) {
            if (takes(group[(first + i) % group.length], route, message)) {
                return;
            }
        }
    }

    private boolean takes(Divert divert, Route route, Message message) {
        if (!divert.accepts(message, broker.formats()) || !passed.add(divert)) {
            return false;
        }
        for (String target : divert.targets()) {
            forward(divert, route, message, target);
        }
        passed.remove(divert);
        return true;
    }

    private void forward(Divert divert, Route route, Message message, String target) {
        Ensure place = Ensure.of(target, Optional.empty(), false);
        Optional<Route> to = broker.routes().find(place.address());
        Optional<Queue> only = place.qualified() ? broker.findQueue(target) : Optional.empty();
        boolean nowhere = to.isEmpty() || place.address().equals(route.address()) || place.qualified() && only.isEmpty();
        if (nowhere || full(to.get())) {
            return;
        }
        Message copy = Arrival.apply(to.get(), divert.copy(message, id, target, broker.formats()), clock, broker.formats());
        if (copy.bytes().length > broker.maxMessageBytes()) {
            refusal = Optional.of(new BrokerException(Reason.TOO_LARGE, "what the divert " + divert.name() + " would make of the message has "
                    + copy.bytes().length + " bytes; at most " + broker.maxMessageBytes() + " are taken"));
            return;
        }
        follow(to.get(), only, copy);
    }

    /** Whether an address that is full takes nothing more. Nobody waits for room there: the producer was let in where it sends to. */
    private boolean full(Route to) {
        FullPolicy verdict = to.usage().verdict();
        if (verdict == FullPolicy.FAIL) {
            refusal = Optional.of(Admission.addressFull(to));
        }
        return verdict == FullPolicy.FAIL || verdict == FullPolicy.DROP;
    }

    private void toDeadLetters(Route route, Message message) {
        AddressSettings.DeadLetters rules = route.settings().deadLetters();
        if (!rules.sendOnNoRoute() || rules.address().isEmpty() || rules.address().equals(route.address()) || !passed.add(rules.address())) {
            return;
        }
        DeadLetters.Place place = DeadLetters.Place.ofDead(route.settings(), route.address(), route.temporary());
        Optional<Route> to = broker.routes().find(place.address());
        if (place.wantsCreation(broker.routes())) {
            missing = Optional.of(place);
        } else if (to.isPresent()) {
            follow(to.get(), Optional.empty(), unrouted(route, message, place.address()));
        }
        passed.remove(rules.address());
    }

    private Message unrouted(Route route, Message message, String target) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("_AMQ_ORIG_ADDRESS", route.address());
        properties.put("_AMQ_ORIG_MESSAGE_ID", id);
        if (message.routing() != Message.ROUTE_BOTH) {
            properties.put("_AMQ_ORIG_ROUTING_TYPE", message.routing());
        }
        Message readdressed = message.toBuilder().address(target).routing(Message.ROUTE_BOTH).expiration(0).duplicateId("").build();
        byte[] bytes = broker.formats().of(message.format()).annotate(readdressed, properties, 0);
        return readdressed.toBuilder().encoded(message.format(), bytes).build();
    }
}
