package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.RoutingType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names and filters: what they become inside the broker. */
class NamesTest {

    @Test
    void filtersUseTheNamesAllDialectsShare() {
        assertThat(Selectors.toCore("JMSPriority > 3 AND JMSType = 'JMSPriority'")).isEqualTo("AMQPriority > 3 AND JMSType = 'JMSPriority'");
        assertThat(Selectors.toCore("JMSDeliveryMode='PERSISTENT' OR JMSDeliveryMode = 'NON_PERSISTENT'"))
                .isEqualTo("AMQDurable='DURABLE' OR AMQDurable = 'NON_DURABLE'");
        assertThat(Selectors.toCore("state = 'PERSISTENT'")).isEqualTo("state = 'PERSISTENT'");
        assertThat(Selectors.toCore("\"m.JMSTimestamp\" = 1 AND xJMSTimestamp = 'it''s'")).isEqualTo("\"m.JMSTimestamp\" = 1 AND xJMSTimestamp = 'it''s'");
        assertThat(Selectors.toCore("a = 'open")).isEqualTo("a = 'open");
        assertThat(Selectors.withoutOwn("", "it's")).isEqualTo("(__AMQ_CID IS NULL OR __AMQ_CID <> 'it''s')");
        assertThat(Selectors.withoutOwn("a OR b", "me")).isEqualTo("(a OR b) AND (__AMQ_CID IS NULL OR __AMQ_CID <> 'me')");
    }

    @Test
    void subscriptionsAreNamedAfterClientAndLink() {
        SubscriptionNames own = new SubscriptionNames("C", false);
        assertThat(own.of("L", true, false, false)).isEqualTo("C.L");
        assertThat(own.of("L|2", true, true, false)).isEqualTo("C.L");
        assertThat(own.of("L|global", true, true, true)).isEqualTo("L:global");
        assertThat(own.of("L|volatile1", false, true, false)).isEqualTo("C.L:shared-volatile");
        assertThat(own.of("L|global-volatile1", false, true, true)).isEqualTo("L:shared-volatile:global");
        assertThat(new SubscriptionNames("", false).of("L", true, true, true)).isEqualTo("L:global");
        SubscriptionNames core = new SubscriptionNames("C.1", true);
        assertThat(core.of("L.x", true, false, false)).isEqualTo("C\\.1.L\\.x");
        assertThat(core.of("L|2", true, true, true)).isEqualTo("L");
        assertThat(core.of("L|2", false, true, false)).isEqualTo("nonDurable.C\\.1.L");
        assertThat(core.of("L|2", false, true, true)).isEqualTo("nonDurable.L");
    }

    @Test
    void prefixesSayTheKind() {
        Prefixes prefixes = new Prefixes(List.of("/queue/"), List.of("/topic/"));
        assertThat(prefixes.strip("/queue/a")).isEqualTo(new Prefixes.Stripped("a", Optional.of(RoutingType.ANYCAST)));
        assertThat(prefixes.strip("/topic/a")).isEqualTo(new Prefixes.Stripped("a", Optional.of(RoutingType.MULTICAST)));
        assertThat(prefixes.strip("a")).isEqualTo(new Prefixes.Stripped("a", Optional.empty()));
        assertThat(Capabilities.addressOf("a::q")).isEqualTo("a");
        assertThat(Capabilities.queueOf("a::q")).contains("q");
        assertThat(Capabilities.queueOf("a")).isEmpty();
    }

    @Test
    void brokerPropertiesAndAnnotationsNameEachOther() {
        assertThat(Names.annotationOf("_AMQ_ORIG_MESSAGE_ID")).contains("x-opt-ORIG-MESSAGE-ID");
        assertThat(Names.propertyOf("x-opt-ORIG-MESSAGE-ID")).isEqualTo("_AMQ_ORIG_MESSAGE_ID");
        assertThat(Names.annotationOf("other")).isEmpty();
    }

    @Test
    void tagsAreShortAndUsedAgain() {
        Tags tags = new Tags();
        assertThat(tags.take()).containsExactly(0);
        byte[] one = tags.take();
        tags.giveBack(one);
        assertThat(tags.take()).isSameAs(one);
        for (int i = 2; i < 256; i++) {
            tags.take();
        }
        assertThat(tags.take()).containsExactly(1, 0);
    }
}
