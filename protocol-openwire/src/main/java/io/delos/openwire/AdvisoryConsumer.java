package io.delos.openwire;

import io.delos.loop.Loop;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.MessageId;
import io.delos.openwire.Id.ProducerId;
import io.delos.spi.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A consumer of advisory topics; owned by its connection's loop, told on any thread. A client that doesn't read misses the news. */
final class AdvisoryConsumer implements Advisories.Listener {

    private static final String PREFIX = "ActiveMQ.Advisory.";
    /** What may wait for the socket, in bytes, before news are dropped. */
    private static final long PATIENCE = 4 << 20;

    private final Line line;
    private final Loop loop;
    private final Consumers.Numbering numbering;
    private final ConsumerId consumer;
    private final List<WireDestination> topics;
    private final ProducerId producer;
    private final Map<String, Object> properties;

    AdvisoryConsumer(Member member, Consumers.Numbering numbering, ConsumerId consumer, List<WireDestination> topics) {
        Connection connection = member.connection();
        this.line = member.line();
        this.loop = connection.loop();
        this.numbering = numbering;
        this.consumer = consumer;
        this.topics = topics;
        this.producer = new ProducerId("ID:" + connection.broker().nodeId(), 1, 0);
        this.properties = Map.of("originBrokerId", connection.broker().nodeId(), "originBrokerName", connection.broker().name());
    }

    @Override
    public void hear(News news) {
        for (WireDestination topic : topics) {
            if (tellsOf(topic.name().substring(PREFIX.length()), news)) {
                loop.post(() -> tell(news));
                return;
            }
        }
    }

    private static boolean tellsOf(String topic, News news) {
        return topic.equals(news.topic()) || topic.equals(">") || topic.equals("*");
    }

    private void tell(News news) {
        if (line.backlog() < PATIENCE) {
            long number = numbering.next();
            line.say(new Answer.Advisory(consumer, WireDestination.topic(PREFIX + news.topic()),
                    new MessageId("", Optional.of(producer), number, number), System.currentTimeMillis(), properties, news));
        }
    }
}
