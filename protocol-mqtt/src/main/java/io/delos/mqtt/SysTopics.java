package io.delos.mqtt;

import io.delos.loop.Loop;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The topics below {@code $SYS/} of one acceptor: who has subscribed to some is told their values at once and then again and again, straight over the
 * socket. There is no queue and no address behind them, and nothing is kept for who is away. Any thread; who watches is known to the loops of these.
 */
final class SysTopics {

    /** What the topics begin with. */
    static final String START = "$SYS/";

    private static final int[] NO_IDENTIFIERS = new int[0];

    private final Statistics statistics;
    private final long millis;
    private final Map<Loop, Set<MqttSubscription>> watching = new ConcurrentHashMap<>();
    private final AtomicInteger watchers = new AtomicInteger();

    SysTopics(Statistics statistics, int seconds) {
        this.statistics = statistics;
        this.millis = seconds * 1000L;
        statistics.begin();
        statistics.home().schedule(this::tick, millis);
    }

    private void tick() {
        statistics.home().schedule(this::tick, millis);
        if (watchers.get() > 0) {
            statistics.gather(values -> watching.forEach((loop, those) -> loop.post(() -> tell(those, values))));
        }
    }

    private void tell(Set<MqttSubscription> those, List<Statistics.Value> values) {
        int before = those.size();
        those.removeIf(MqttSubscription::ended);
        watchers.addAndGet(those.size() - before);
        those.forEach(each -> tell(each, values, each.options().retainAsPublished()));
    }

    /** Tells the subscription from now on; on its loop. */
    void watch(MqttSubscription subscription, Loop loop) {
        if (watching.computeIfAbsent(loop, first -> new LinkedHashSet<>()).add(subscription)) {
            watchers.incrementAndGet();
        }
    }

    /** Tells the subscription what there is now, as retained messages; on its loop. */
    void tellNow(MqttSubscription subscription, Loop loop) {
        statistics.gather(values -> loop.post(() -> tell(subscription, values, true)));
    }

    /** Who doesn't read is told nothing: there will be newer values. */
    private static void tell(MqttSubscription subscription, List<Statistics.Value> values, boolean retain) {
        PacketWriter writer = subscription.session().writer();
        int[] identifiers = subscription.session().level() == MqttLevel.V5 ? subscription.identifiers() : NO_IDENTIFIERS;
        for (Statistics.Value value : values) {
            if (!subscription.ended() && writer.writable() && subscription.filter().matches(value.topic())) {
                Publication publication = Publication.of(new Publication.Draft(0, false).with(value.text().getBytes(StandardCharsets.UTF_8)));
                PacketWriter.Head head = new PacketWriter.Head(0, false, retain, 0, value.topic().getBytes(StandardCharsets.UTF_8), 0, -1, identifiers);
                if (writer.size(head, publication) <= writer.manner().limit()) {
                    writer.publish(head, publication);
                }
            }
        }
    }
}
