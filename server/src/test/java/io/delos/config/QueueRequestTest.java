package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueRequestTest {
    private static final AddressSettings SETTINGS = AddressSettings.DEFAULT.with("default-max-consumers", 4)
        .with("default-last-value-key", "k").with("default-purge-on-no-consumers", true).with("auto-delete-queues-delay", 500L)
        .with("default-ring-size", 9);

    @Test
    void takesTheRestFromTheSettings() {
        QueueConfig queue = QueueRequest.of("q", "a", RoutingType.ANYCAST).with("exclusive", true).with("max-consumers", "2")
            .resolve(SETTINGS, Origin.CONFIGURED);
        assertThat(queue.name()).isEqualTo("q");
        assertThat(queue.address()).isEqualTo("a");
        assertThat(queue.exclusive()).isTrue();
        assertThat(queue.maxConsumers()).isEqualTo(2);
        assertThat(queue.ringSize()).isEqualTo(9);
        assertThat(queue.lastValue()).isFalse();
        assertThat(queue.replacesByKey()).isTrue();
        assertThat(queue.purgeOnNoConsumers()).isFalse();
        assertThat(queue.autoDelete()).isFalse();
        assertThat(queue.durable()).isTrue();
    }

    @Test
    void whoAsksDecidesAboutTheEnd() {
        QueueRequest request = QueueRequest.of("q", "q", RoutingType.ANYCAST);
        QueueConfig used = request.resolve(SETTINGS, Origin.AUTO_CREATED);
        assertThat(used.autoCreated()).isTrue();
        assertThat(used.autoDelete()).isTrue();
        assertThat(used.autoDeleteDelay()).isEqualTo(500);
        assertThat(used.purgeOnNoConsumers()).isTrue();
        QueueConfig made = request.resolve(SETTINGS, Origin.CREATED);
        assertThat(made.autoCreated()).isFalse();
        assertThat(made.autoDelete()).isFalse();
        assertThat(request.resolve(SETTINGS.with("auto-delete-created-queues", true), Origin.CREATED).autoDelete()).isTrue();
        assertThat(request.with("auto-delete", false).resolve(SETTINGS, Origin.AUTO_CREATED).autoDelete()).isFalse();
    }

    @Test
    void aQualifiedNameBringsItsAddress() {
        QueueRequest request = QueueRequest.of("x::q", "ignored", RoutingType.MULTICAST);
        assertThat(request.name()).isEqualTo("q");
        assertThat(request.address()).isEqualTo("x");
        assertThat(request.given("filter")).isEmpty();
        assertThat(request.with("filter-string", "a = 1").given("filter")).contains("a = 1");
    }

    @Test
    void refusesWhatNoQueueHas() {
        QueueRequest request = QueueRequest.of("q", "a", RoutingType.ANYCAST);
        assertThatThrownBy(() -> request.with("colour", "red")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> request.with("max-consumers", "many")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> request.with("max-consumers", -2)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> QueueRequest.of("", "a", RoutingType.ANYCAST)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aCompleteQueueCanBeChangedAndListed() {
        QueueConfig queue = QueueConfig.of("q", "a", RoutingType.ANYCAST);
        assertThat(queue.with("enabled", false).enabled()).isFalse();
        assertThat(Settings.values(queue)).containsAllEntriesOf(Map.of("name", "q", "routing-type", RoutingType.ANYCAST, "ring-size", -1L));
        assertThat(RoutingType.ofCode(1)).contains(RoutingType.ANYCAST);
        assertThat(RoutingType.ofCode(RoutingType.MULTICAST.code())).contains(RoutingType.MULTICAST);
        assertThat(RoutingType.ofCode(7)).isEmpty();
    }
}
