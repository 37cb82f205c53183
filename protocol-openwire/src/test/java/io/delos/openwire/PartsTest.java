package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The small parts: names, selectors, and what is outstanding. */
class PartsTest {

    @Test
    void selectorsInTheBrokersWords() {
        assertThat(Selectors.translate("a = 'JMSPriority' AND JMSPriority > 3")).isEqualTo("a = 'JMSPriority' AND AMQPriority > 3");
        assertThat(Selectors.translate("JMSDeliveryMode='PERSISTENT' OR x = 'PERSISTENT'"))
                .isEqualTo("AMQDurable='DURABLE' OR x = 'DURABLE'");
        assertThat(Selectors.translate("x = 'PERSISTENT'")).isEqualTo("x = 'PERSISTENT'");
        assertThat(Selectors.translate("myJMSPriority = 1 AND JMSType = 'it''s JMSTimestamp'"))
                .isEqualTo("myJMSPriority = 1 AND JMSType = 'it''s JMSTimestamp'");
        assertThat(Selectors.translate("JMSXGroupID = 'unfinished")).isEqualTo("AMQGroupID = 'unfinished");
        assertThat(Selectors.withoutOwn("", "o'me")).isEqualTo("(__AMQ_CID IS NULL OR __AMQ_CID <> 'o''me')");
        assertThat(Selectors.withoutOwn("a = 1 OR b = 2", "me")).startsWith("(a = 1 OR b = 2) AND ");
    }

    @Test
    void virtualTopicsByTheirPatterns() {
        VirtualTopics topics = VirtualTopics.parse("Consumer.*.>;2;selectorAware=true, VTC.*.*;1");
        assertThat(topics.meaning("Consumer.A.VirtualTopic.Orders").get().qualified()).isEqualTo("VirtualTopic.Orders::Consumer.A.VirtualTopic.Orders");
        assertThat(topics.meaning("VTC.a.b").get().qualified()).isEqualTo("a.b::VTC.a.b");
        assertThat(topics.meaning("VTC.a.b.c")).isEmpty();
        assertThat(topics.meaning("Consumer.A")).isEmpty();
        assertThat(topics.meaning("a::Consumer.A.b")).isEmpty();
        assertThat(VirtualTopics.parse("").meaning("Consumer.A.b")).isEmpty();
        assertThatThrownBy(() -> VirtualTopics.parse("Consumer.*.>")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VirtualTopics.parse("Consumer.*.>;-1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void compositeNames() throws MalformedFrameException {
        assertThat(WireDestination.queue("a, b,topic://c,temp-queue://d").parts()).containsExactly(WireDestination.queue("a"),
                WireDestination.queue("b"), WireDestination.topic("c"), new WireDestination(WireDestination.Kind.TEMPORARY_QUEUE, "d"));
        assertThat(WireDestination.topic("a").parts()).containsExactly(WireDestination.topic("a"));
        assertThatThrownBy(() -> WireDestination.queue(",,").parts()).isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> WireDestination.queue("a,".repeat(1000)).parts()).isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void subscriptionsOfClients() {
        assertThat(Sources.durableName("ow", "sub.1")).isEqualTo("ow.sub\\.1");
        assertThat(Sources.durableName("a.b\\c", "s")).isEqualTo("a\\.b\\\\c.s");
    }

    @Test
    void idsAsUsersSeeThem() {
        assertThat(Id.MessageId.parse("ID:host-1234:1:2:3:4")).hasValueSatisfying(id -> {
            assertThat(id.producer()).contains(new Id.ProducerId("ID:host-1234:1", 3, 2));
            assertThat(id.sequence()).isEqualTo(4);
            assertThat(id.view()).isEqualTo("ID:host-1234:1:2:3:4");
        });
        for (String other : List.of("", "ID:", "ID:8dc0c5a3-e53e-11f1-b40c-02fc00000001", "ID:a:b:c:d", "x:1:2:3", "ID:1:2:3", "ID:h:01:2:3")) {
            assertThat(Id.MessageId.parse(other)).as(other).isEmpty();
        }
    }

    private static Dispatched dispatched(long sequence) {
        return new Dispatched(sequence, null, null);
    }

    @Test
    void whatIsOutstandingIsFoundByItsNumber() {
        Outstanding outstanding = new Outstanding();
        long base = 1L << 60;
        for (int i = 0; i < 100; i++) {
            outstanding.add(dispatched(base + 2 * i));
        }
        assertThat(outstanding.size()).isEqualTo(100);
        assertThat(outstanding.range(Long.MIN_VALUE, base + 8)).extracting(Dispatched::sequence)
                .containsExactly(base, base + 2, base + 4, base + 6, base + 8);
        assertThat(outstanding.range(base + 6, base + 8)).hasSize(2);
        assertThat(outstanding.range(Long.MIN_VALUE, base + 9)).as("never sent").isEmpty();
        assertThat(outstanding.range(Long.MIN_VALUE, base + 500)).as("not sent yet").isEmpty();
        Dispatched middle = outstanding.range(base + 4, base + 4).get(0);
        outstanding.remove(middle);
        outstanding.remove(middle);
        assertThat(outstanding.size()).isEqualTo(99);
        assertThat(outstanding.range(Long.MIN_VALUE, base + 4)).hasSize(2);
        outstanding.range(Long.MIN_VALUE, base + 4).forEach(outstanding::remove);
        assertThat(outstanding.range(Long.MIN_VALUE, base + 2)).isEmpty();
        outstanding.range(base + 6, base + 6).get(0).inTransaction(true);
        assertThat(outstanding.all()).hasSize(96);
        for (int i = 100; i < 300; i++) {
            outstanding.add(dispatched(base + 2 * i));
        }
        assertThat(outstanding.all()).hasSize(296).isSortedAccordingTo(java.util.Comparator.comparing(Dispatched::sequence));
        List.copyOf(outstanding.all()).forEach(outstanding::remove);
        assertThat(outstanding.size()).isEqualTo(1);
        outstanding.clear();
        assertThat(outstanding.all()).isEmpty();
    }
}
