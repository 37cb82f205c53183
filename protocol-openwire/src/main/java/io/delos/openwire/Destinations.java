package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.config.WildcardSyntax;
import io.delos.loop.Loop;
import io.delos.openwire.Command.DestinationInfo;
import io.delos.openwire.News.DestinationNews;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What a client's destinations are to the broker (section 5), and which of them are its own for the time of its connection. Owned by the
 * connection's loop.
 */
final class Destinations {

    private static final Logger LOG = LogManager.getLogger(Destinations.class);

    private final Member member;
    private final List<String> queuePrefixes;
    private final List<String> topicPrefixes;
    private final Set<WireDestination> temporary = new LinkedHashSet<>();

    Destinations(Member member) {
        this.member = member;
        this.queuePrefixes = prefixes(member.protocol().options().anycastPrefix());
        this.topicPrefixes = prefixes(member.protocol().options().multicastPrefix());
    }

    private static List<String> prefixes(String text) {
        List<String> prefixes = new ArrayList<>();
        for (String prefix : text.split(",")) {
            if (!prefix.isBlank()) {
                prefixes.add(prefix.trim());
            }
        }
        return List.copyOf(prefixes);
    }

    private Session session() {
        return member.session();
    }

    // names

    /** The address this is to the broker, or its FQQN. */
    String name(WireDestination destination) {
        for (String prefix : destination.queue() ? queuePrefixes : topicPrefixes) {
            if (destination.name().startsWith(prefix)) {
                return destination.name().substring(prefix.length());
            }
        }
        return destination.name();
    }

    /** As {@link #name}, for who sends: the queue of a virtual topic is on the topic's address, if it is there. */
    String target(WireDestination destination) {
        String name = name(destination);
        if (destination.kind() != WireDestination.Kind.QUEUE) {
            return name;
        }
        Optional<VirtualTopics.Meant> meant = member.protocol().virtualTopics().meaning(name);
        if (meant.isEmpty()) {
            return name;
        }
        boolean subscribed = member.connection().broker().routes().queue(name).filter(queue -> queue.address().equals(meant.get().address())).isPresent();
        return subscribed ? meant.get().qualified() : name;
    }

    /** As {@link #name}, where wildcards mean something: for consumers. */
    String pattern(WireDestination destination) {
        String name = name(destination);
        if (name.indexOf('>') < 0 && name.indexOf('*') < 0) {
            return name;
        }
        WildcardSyntax syntax = member.connection().broker().config().wildcards();
        String[] words = name.split("\\.", -1);
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals(">") ? String.valueOf(syntax.anyWords()) : words[i].equals("*") ? String.valueOf(syntax.singleWord())
                    : words[i];
        }
        return String.join(String.valueOf(syntax.delimiter()), words);
    }

    // making sure

    /** Sees to it that the destination can be sent to. A temporary one must be there. */
    void ensure(WireDestination destination, Reply<Void> done) {
        if (destination.temporary()) {
            requireTemporary(destination, done);
            return;
        }
        String name = name(destination);
        session().resources().ensure(name, Optional.of(destination.routingType()), destination.queue(), Reply.of(info -> done.done(null),
                refusal -> done.failed(missing(destination, refusal))));
    }

    /** Refuses what has been deleted, or never was. */
    void requireTemporary(WireDestination destination, Reply<Void> done) {
        session().resources().queryAddress(name(destination), Reply.of(found -> {
            if (found.isPresent()) {
                done.done(null);
            } else {
                done.failed(new BrokerException(Reason.QUEUE_NOT_FOUND, "Cannot use the deleted destination: " + destination));
            }
        }, done::failed));
    }

    private BrokerException missing(WireDestination destination, BrokerException refusal) {
        boolean absent = refusal.reason() == Reason.QUEUE_NOT_FOUND || refusal.reason() == Reason.ADDRESS_NOT_FOUND;
        String what = destination.queue() ? "Queue " : "Address ";
        return absent ? new BrokerException(refusal.reason(), what + destination.name() + " does not exist.") : refusal;
    }

    // the client's own wishes

    void receive(DestinationInfo info) throws MalformedFrameException {
        WireDestination destination = info.destination();
        if (!destination.present() || destination.composite()) {
            throw new MalformedFrameException("a destination cannot be created or deleted as " + destination);
        }
        Reply<Object> answer = member.line().holding(member.line().answering(info.head()));
        Reply<Void> done = Reply.of(answer::done, answer::failed);
        if (info.removes()) {
            delete(destination, done);
        } else if (destination.temporary()) {
            createTemporary(destination, done);
        } else {
            ensure(destination, done);
        }
    }

    /**
     * A temporary queue goes with its client. A temporary topic is held by a queue that takes no part in routing, so that it goes with its
     * client too.
     */
    private void createTemporary(WireDestination destination, Reply<Void> done) {
        String name = name(destination);
        QueueRequest request = QueueRequest.of(name, name, destination.routingType()).with("durable", false).with("temporary", true)
                .with("enabled", destination.queue());
        session().resources().createQueue(request, true, true, Reply.of(info -> {
            if (temporary.add(destination)) {
                tell(destination, false);
            }
            done.done(null);
        }, done::failed));
    }

    private void delete(WireDestination destination, Reply<Void> done) {
        String name = name(destination);
        if (temporary.remove(destination)) {
            tell(destination, true);
            deleteQueue(name, done);
        } else if (destination.temporary()) {
            done.failed(new BrokerException(Reason.QUEUE_NOT_FOUND, destination + " is not a temporary destination of this connection"));
        } else {
            LOG.warn("The OpenWire client {} deletes {}", member.info().clientId(), destination);
            session().resources().deleteAddress(name, true, Reply.of(deleted -> done.done(null), done::failed));
        }
    }

    /** Deletes a queue that belongs to this client alone, whoever uses it. */
    void deleteQueue(String name, Reply<Void> done) {
        Loop loop = member.connection().loop();
        member.connection().broker().administration().deleteQueue(name, true, loop, done);
    }

    /** A queue for one subscription of a topic, which goes with its client. */
    static QueueRequest subscriptionQueue(String name, String address, String filter) {
        return QueueRequest.of(name, address, RoutingType.MULTICAST).with("durable", false).with("temporary", true).with("filter", filter);
    }

    // telling others

    /** Of a temporary destination: of others the broker tells. */
    private void tell(WireDestination destination, boolean removed) {
        if (member.protocol().options().supportAdvisory()) {
            member.protocol().advisories().publish(new DestinationNews(member.connectionId(), destination, removed));
        }
    }

    /** The client is gone, and its temporary destinations with it. */
    void tellTemporaryGone() {
        temporary.forEach(destination -> tell(destination, true));
        temporary.clear();
    }

    /** The client has logged out but may stay: its temporary destinations go now. */
    void deleteTemporary() {
        List<WireDestination> all = List.copyOf(temporary);
        tellTemporaryGone();
        all.forEach(destination -> deleteQueue(name(destination), Reply.ignored()));
    }
}
