package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Session;
import io.delos.config.Permission;
import io.delos.loop.Loop;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import io.delos.spi.Connection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A consumer of advisory topics; owned by its connection's loop, told on any thread. A client that doesn't read misses the news. */
final class AdvisoryConsumer implements Advisories.Listener {

    private static final String PREFIX = "ActiveMQ.Advisory.";
    /** What may wait for the socket, in bytes, before news are dropped. */
    private static final long PATIENCE = 4 << 20;
    /** What is told of what was there before, in one turn. */
    private static final int AT_ONCE = 256;

    private final Session session;
    private final Line line;
    private final Loop loop;
    private final Consumers.Numbering numbering;
    private final ConsumerId consumer;
    private final List<WireDestination> topics;
    private final ProducerId producer;
    private final Map<String, Object> properties;
    /** What was there before and is still to be told. */
    private Iterator<News> standing = Collections.emptyIterator();

    AdvisoryConsumer(Member member, Consumers.Numbering numbering, ConsumerId consumer, List<WireDestination> topics) {
        Connection connection = member.connection();
        this.session = member.session();
        this.line = member.line();
        this.loop = connection.loop();
        this.numbering = numbering;
        this.consumer = consumer;
        this.topics = topics;
        this.producer = new ProducerId("ID:" + connection.broker().nodeId(), 1, 0);
        this.properties = Map.of("originBrokerId", connection.broker().nodeId(), "originBrokerName", connection.broker().name(),
                "originBrokerURL", line.url());
    }

    @Override
    public void hear(News news) {
        if (listensTo(news.topic())) {
            loop.post(() -> tell(news));
        }
    }

    /** Tells what was there before, as fast as the client reads. */
    void catchUp(Iterator<News> there) {
        standing = there;
        catchUp();
    }

    private void catchUp() {
        for (int told = 0; told < AT_ONCE && line.writable() && standing.hasNext(); told++) {
            News news = standing.next();
            if (listensTo(news.topic())) {
                tell(news);
            }
        }
        if (line.writable() && standing.hasNext()) {
            loop.post(this::catchUp);
        }
    }

    /** The socket takes more. */
    void writable() {
        if (standing.hasNext()) {
            loop.post(this::catchUp);
        }
    }

    /** It is over. */
    void end() {
        standing = Collections.emptyIterator();
    }

    @Override
    public boolean listensTo(String topic) {
        for (WireDestination own : topics) {
            if (tellsOf(own.name(), topic)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean names(String word) {
        return topics.stream().anyMatch(topic -> topic.name().startsWith(PREFIX + word + "."));
    }

    @Override
    public boolean temporaryOnly() {
        return topics.stream().allMatch(AdvisoryConsumer::tellsOfTemporary);
    }

    /** A message is shown to those alone who may consume where it was. */
    private boolean mayHear(News news) {
        return !(news instanceof News.MessageNews lost) || session.refusal(Permission.CONSUME, lost.destination().name()).isEmpty();
    }

    /** Why this user may not listen to the topic; empty if he may. What clients need to know of temporary destinations is for all. */
    static Optional<BrokerException> refusal(Session session, WireDestination topic) {
        return tellsOfTemporary(topic) ? Optional.empty() : session.refusal(Permission.CONSUME, topic.name());
    }

    private static boolean tellsOfTemporary(WireDestination topic) {
        return topic.name().equals(PREFIX + "TempQueue") || topic.name().equals(PREFIX + "TempTopic");
    }

    /** Word by word; a name that is no pattern is that of one topic. */
    private static boolean tellsOf(String pattern, String topic) {
        if (pattern.indexOf('*') < 0 && pattern.indexOf('>') < 0) {
            return pattern.length() == PREFIX.length() + topic.length() && pattern.endsWith(topic);
        }
        String[] words = pattern.substring(PREFIX.length()).split("\\.");
        if ((words[0].equals("*") || words[0].equals(">")) && Advisories.onlyByName(topic)) {
            return false;
        }
        return new VirtualTopics.Rule(List.of(words), 0).matches(topic.split("\\."));
    }

    private void tell(News news) {
        if (line.backlog() < PATIENCE && mayHear(news)) {
            long number = numbering.next();
            WireDestination topic = WireDestination.topic(PREFIX + news.topic());
            MessageId id = new MessageId("", Optional.of(producer), number, number);
            if (news instanceof News.MessageNews unwanted && unwanted.happening() == News.Happening.NO_CONSUMER) {
                WireMessage message = unwanted.message().redirected(topic);
                line.say(new Answer.Forwarded(consumer, message.withId(message.labels().id().orElse(id).withBrokerSequence(number))));
                return;
            }
            Map<String, Object> all = new LinkedHashMap<>(properties);
            all.putAll(news.properties());
            line.say(new Answer.Advisory(consumer, topic, id, System.currentTimeMillis(), all, news));
        }
    }
}
