package io.delos.management;

import io.delos.broker.Broker;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The queues' counters, looked at every so often while that is switched on: what came since the last look, and in each hour. Owned by its loop. */
final class MessageCounters {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.SHORT, FormatStyle.MEDIUM)
            .withLocale(Locale.US);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofLocalizedDate(FormatStyle.SHORT).withLocale(Locale.US);
    private static final int HOURS = 24;

    private final Broker broker;
    private final Loop loop;
    private final Map<Long, Sample> samples = new HashMap<>();
    private volatile boolean enabled;
    private volatile long period;
    private volatile int days;
    private int round;

    /** What was found of one queue. */
    private static final class Sample {
        private long added;
        private long messages;
        private long shownAdded;
        private long shownMessages;
        private long acknowledged;
        private long addedAt;
        private long acknowledgedAt;
        private long at;
        private final ArrayDeque<Day> history = new ArrayDeque<>();
    }

    /** How many came in each hour of a day; -1 for one that is not over or was not watched. */
    private record Day(String date, long[] hours) { }

    MessageCounters(Broker broker, Loop loop) {
        this.broker = broker;
        this.loop = loop;
        this.enabled = broker.config().management().messageCounters();
        this.period = broker.config().management().messageCounterSamplePeriod();
        this.days = broker.config().management().messageCounterMaxDayHistory();
        if (enabled) {
            loop.post(this::begin);
        }
    }

    boolean enabled() {
        return enabled;
    }

    long period() {
        return period;
    }

    int days() {
        return days;
    }

    CompletableFuture<Object> enable(boolean on) {
        return Asking.on(loop::post, () -> {
            enabled = on;
            begin();
            return null;
        });
    }

    void period(long millis) {
        if (millis < 1000) {
            throw new ManagementException("the sample period is " + millis + " ms; it must be 1000 at least");
        }
        period = millis;
        loop.post(this::begin);
    }

    void days(int number) {
        if (number <= 0) {
            throw new ManagementException("a history of " + number + " days; it must be 1 at least");
        }
        days = number;
    }

    private void begin() {
        round++;
        samples.keySet().removeIf(id -> !enabled);
        look(round);
    }

    private void look(int now) {
        if (enabled && now == round) {
            Collection<Queue> queues = broker.routes().queues();
            queues.forEach(this::look);
            if (samples.size() > queues.size()) {
                samples.keySet().retainAll(queues.stream().map(Queue::id).toList());
            }
            loop.schedule(() -> look(now), period);
        }
    }

    private Sample look(Queue queue) {
        Sample sample = samples.computeIfAbsent(queue.id(), id -> first(queue));
        long now = loop.now();
        long came = Math.max(0, queue.counters().added() - sample.added);
        if (came > 0) {
            sample.addedAt = now;
            LocalDateTime local = local(now);
            long[] hours = today(sample, DAY.format(local)).hours();
            hours[local.getHour()] = Math.max(0, hours[local.getHour()]) + came;
        }
        if (queue.counters().acknowledged() > sample.acknowledged) {
            sample.acknowledgedAt = now;
        }
        sample.added = queue.counters().added();
        sample.messages = queue.counters().messages();
        sample.acknowledged = queue.counters().acknowledged();
        sample.at = now;
        return sample;
    }

    private static Sample first(Queue queue) {
        Sample sample = new Sample();
        sample.added = queue.counters().added();
        sample.acknowledged = queue.counters().acknowledged();
        sample.shownAdded = sample.added;
        sample.shownMessages = queue.counters().messages();
        return sample;
    }

    private Day today(Sample sample, String date) {
        if (sample.history.isEmpty() || !sample.history.getLast().date().equals(date)) {
            long[] hours = new long[HOURS];
            Arrays.fill(hours, -1);
            sample.history.addLast(new Day(date, hours));
        }
        while (sample.history.size() > days) {
            sample.history.removeFirst();
        }
        return sample.history.getLast();
    }

    private static LocalDateTime local(long millis) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault());
    }

    /** As management shows times. */
    static String time(long millis) {
        return TIME.format(local(millis)).replace('\u202f', ' ');
    }

    /** What there is to know of a queue, as JSON; the deltas are those since this was asked last. */
    CompletableFuture<Object> show(Queue queue) {
        return Asking.on(loop::post, () -> {
            if (!enabled) {
                return null;
            }
            Sample sample = look(queue);
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("destinationName", queue.address());
            shown.put("destinationSubscription", queue.name().equals(queue.address()) ? null : queue.name());
            shown.put("destinationDurable", queue.durable());
            shown.put("count", sample.added);
            shown.put("countDelta", sample.added - sample.shownAdded);
            shown.put("messageCount", sample.messages);
            shown.put("messageCountDelta", sample.messages - sample.shownMessages);
            shown.put("lastAddTimestamp", time(sample.addedAt));
            shown.put("lastAckTimestamp", time(sample.acknowledgedAt));
            shown.put("updateTimestamp", time(sample.at));
            sample.shownAdded = sample.added;
            sample.shownMessages = sample.messages;
            return Json.text(shown);
        });
    }

    /** How many came in each hour, as JSON. */
    CompletableFuture<Object> history(Queue queue) {
        return Asking.on(loop::post, () -> {
            if (!enabled) {
                return null;
            }
            List<Map<String, Object>> shown = new ArrayList<>();
            for (Day day : look(queue).history) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("date", day.date());
                one.put("counters", day.hours());
                shown.add(one);
            }
            return Json.text(Map.of("dayCounters", shown));
        });
    }

    CompletableFuture<Object> reset(Queue queue) {
        return Asking.on(loop::post, () -> {
            samples.remove(queue.id());
            return null;
        });
    }

    CompletableFuture<Object> resetAll() {
        return Asking.on(loop::post, () -> {
            samples.clear();
            return null;
        });
    }

    CompletableFuture<Object> resetHistories() {
        return Asking.on(loop::post, () -> {
            samples.values().forEach(sample -> sample.history.clear());
            return null;
        });
    }
}
