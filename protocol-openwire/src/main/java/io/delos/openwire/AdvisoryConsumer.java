package io.delos.openwire;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Session;
import io.delos.config.Permission;
import io.delos.loop.Loop;
import io.delos.openwire.Command.ConsumerInfo;
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
import java.util.function.Function;
import java.util.function.Predicate;

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
    private final Predicate<Function<String, Object>> wanted;
    private final List<WireDestination> topics;
    private final ProducerId producer;
    private final Map<String, Object> properties;
    /** What was there before and is still to be told. */
    private Iterator<News> standing = Collections.emptyIterator();
    private Runnable afterwards = () -> { };

    /** INVALID_SELECTOR if what the client wants of it can't be read. */
    AdvisoryConsumer(Member member, Consumers.Numbering numbering, ConsumerInfo info, List<WireDestination> topics) throws BrokerException {
        Connection connection = member.connection();
        this.session = member.session();
        this.line = member.line();
        this.loop = connection.loop();
        this.numbering = numbering;
        this.consumer = info.consumer();
        this.wanted = Broker.filter(info.selector());
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

    /** Tells what was there before, as fast as the client reads, and then does the rest. */
    void catchUp(Iterator<News> there, Runnable rest) {
        standing = there;
        afterwards = rest;
        catchUp();
    }

    private void catchUp() {
        for (int told = 0; told < AT_ONCE && line.writable() && standing.hasNext(); told++) {
            News news = standing.next();
            if (listensTo(news.topic())) {
                tell(news);
            }
        }
        if (!standing.hasNext()) {
            Runnable rest = afterwards;
            afterwards = () -> { };
            rest.run();
        } else if (line.writable()) {
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
        if (line.backlog() >= PATIENCE || !mayHear(news)) {
            return;
        }
        if (news instanceof News.MessageNews unwanted && unwanted.happening() == News.Happening.NO_CONSUMER) {
            forward(unwanted);
            return;
        }
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.putAll(news.properties());
        if (wanted.test(name -> name.equals("JMSType") ? Answer.Advisory.MESSAGE_TYPE : all.get(name))) {
            line.say(new Answer.Advisory(consumer, WireDestination.topic(PREFIX + news.topic()), nextId(), System.currentTimeMillis(), all, news));
        }
    }

    private MessageId nextId() {
        long number = numbering.next();
        return new MessageId("", Optional.of(producer), number, number);
    }

    /** Instead of being told of, the message is shown itself. */
    private void forward(News.MessageNews news) {
        WireMessage message = news.message().redirected(WireDestination.topic(PREFIX + news.topic()));
        try {
            Map<String, Object> own = message.properties();
            if (wanted.test(own::get)) {
                MessageId id = nextId();
                line.say(new Answer.Forwarded(consumer, message.withId(message.labels().id().orElse(id).withBrokerSequence(id.brokerSequence()))));
            }
        } catch (MalformedFrameException unreadable) {
            // what could not be shown to a consumer isn't shown here
        }
    }
}
