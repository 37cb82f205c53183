package io.delos.proof;

import static io.delos.proof.MqttSocket.PUBACK;
import static io.delos.proof.MqttSocket.PUBCOMP;
import static io.delos.proof.MqttSocket.PUBLISH;
import static io.delos.proof.MqttSocket.PUBREC;
import static io.delos.proof.MqttSocket.PUBREL;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker is killed with SIGKILL while clients stand at each step of the exchanges of QoS 1 and 2, in both directions, with MQTT 3.1.1 and
 * 5; then they go on, as the standard has it (4.3, 4.4), and what was to come once has come once.
 */
@Timeout(240)
class MqttHandshakeIT {

    private static final int[] LEVELS = {4, 5};
    private static final int ID = 7;
    private static final String END = "end";

    private final Map<Integer, MqttSocket> senders = new HashMap<>();
    private BrokerProcess broker;
    private int ends;

    /** How far an exchange has come when the broker is killed. */
    private enum Step { PUBLISHED, RECEIVED, RELEASING, RELEASED, DONE }

    @BeforeEach
    void start() throws IOException {
        Path instance = Distribution.work().resolve("mqtt-handshake");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "512M");
        broker.start();
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        for (MqttSocket sender : senders.values()) {
            sender.close();
        }
        BrokerProcess.deleteTree(broker.instance());
    }

    private void killAndStart() throws IOException {
        broker.kill();
        for (MqttSocket sender : senders.values()) {
            sender.close();
        }
        senders.clear();
        broker.start();
    }

    private MqttSocket open(int level) throws IOException {
        return new MqttSocket(broker.port(), level);
    }

    // from the client

    @Test
    void whatIsSentToTheBroker() throws IOException {
        for (int level : LEVELS) {
            try (MqttSocket watcher = open(level)) {
                watcher.connect("watch" + level);
                watcher.subscribe("up" + level + "/+", 2);
                watcher.disconnect();
            }
            for (int qos = 1; qos <= 2; qos++) {
                for (Step step : Step.values()) {
                    begin(level, qos, step);
                }
            }
        }
        killAndStart();
        for (int level : LEVELS) {
            for (int qos = 1; qos <= 2; qos++) {
                for (Step step : Step.values()) {
                    goOn(level, qos, step);
                }
            }
            Map<String, Integer> counts = counts(level);
            for (Step step : Step.values()) {
                assertThat(counts.get("1 " + step)).as("version %s: QoS 1, %s", level, step).isGreaterThanOrEqualTo(1);
                assertThat(counts.get("2 " + step)).as("version %s: QoS 2, %s", level, step).isEqualTo(1);
                assertThat(counts.get("2 next after " + step)).as("version %s: the same id again after %s", level, step).isEqualTo(1);
            }
        }
    }

    private static String topic(int level, Step step) {
        return "up" + level + "/" + step;
    }

    private void begin(int level, int qos, Step step) throws IOException {
        try (MqttSocket client = open(level)) {
            client.connect("up-" + level + qos + step);
            client.publish(topic(level, step), qos + " " + step, qos, ID, false);
            if (step == Step.PUBLISHED) {
                return;
            }
            client.expect(qos == 1 ? PUBACK : PUBREC);
            if (qos == 2 && step != Step.RECEIVED) {
                client.answer(PUBREL, ID);
                if (step != Step.RELEASING) {
                    client.expect(PUBCOMP);
                }
            }
        }
    }

    private void goOn(int level, int qos, Step step) throws IOException {
        try (MqttSocket client = open(level)) {
            boolean present = client.connect("up-" + level + qos + step);
            assertThat(present || step == Step.PUBLISHED).as("session of %s", step).isTrue();
            if (step == Step.PUBLISHED || qos == 2 && step == Step.RECEIVED) {
                client.publish(topic(level, step), qos + " " + step, qos, ID, true);
                client.expect(qos == 1 ? PUBACK : PUBREC);
            }
            if (qos == 2) {
                if (step != Step.DONE) {
                    client.answer(PUBREL, ID);
                    client.expect(PUBCOMP);
                }
                client.publish(topic(level, step), "2 next after " + step, 2, ID, false);
                client.expect(PUBREC);
                client.answer(PUBREL, ID);
                client.expect(PUBCOMP);
            }
        }
    }

    /** How often each text has come to the one who waited. */
    private Map<String, Integer> counts(int level) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        try (MqttSocket last = open(level); MqttSocket watcher = open(level)) {
            last.connect("last" + level);
            last.publish("up" + level + "/x", END, 1, 1, false);
            last.expect(PUBACK);
            assertThat(watcher.connect("watch" + level)).isTrue();
            for (MqttSocket.Packet got = watcher.read(); !got.text().equals(END); got = watcher.read()) {
                if (got.type() == PUBLISH) {
                    counts.merge(got.text(), 1, Integer::sum);
                    watcher.answer((got.first() & 6) == 2 ? PUBACK : PUBREC, got.id());
                } else if (got.type() == PUBREL) {
                    watcher.answer(PUBCOMP, got.id());
                }
            }
        }
        return counts;
    }

    // to the client

    @Test
    void whatIsSentByTheBroker() throws IOException {
        Map<String, Integer> ids = new HashMap<>();
        for (int level : LEVELS) {
            for (int qos = 1; qos <= 2; qos++) {
                for (Step step : Step.values()) {
                    ids.put(name(level, qos, step), take(level, qos, step));
                }
            }
        }
        Map<Step, Integer> shared = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            shared.put(step, takeShared(step));
        }
        killAndStart();
        for (Step step : Step.values()) {
            checkShared(step, shared.get(step));
        }
        for (int level : LEVELS) {
            for (Step step : Step.values()) {
                List<MqttSocket.Packet> once = rest(level, 1, step);
                assertThat(once.stream().filter(got -> got.type() == PUBLISH)).allMatch(MqttSocket.Packet::dup);
                if (step == Step.PUBLISHED) {
                    assertThat(once).as("version %s: QoS 1, not answered", level).hasSize(1);
                }
                assertThat(once).as("version %s: QoS 1, %s", level, step).allMatch(got -> got.id() == ids.get(name(level, 1, step)));
                check(level, step, ids.get(name(level, 2, step)), rest(level, 2, step));
            }
        }
        killAndStart();
        for (int level : LEVELS) {
            for (Step step : Step.values()) {
                assertThat(rest(level, 2, step).stream().filter(got -> got.type() == PUBLISH)).as("version %s: %s, for good", level, step).isEmpty();
            }
        }
    }

    private static void check(int level, Step step, int id, List<MqttSocket.Packet> rest) {
        assertThat(rest).as("version %s: %s", level, step).allMatch(got -> got.id() == id).filteredOn(got -> got.type() == PUBLISH)
                .allMatch(MqttSocket.Packet::dup);
        List<Integer> types = rest.stream().map(MqttSocket.Packet::type).toList();
        switch (step) {
            case PUBLISHED -> assertThat(types).containsExactly(PUBLISH, PUBREL);
            case RECEIVED -> assertThat(types).isIn(List.of(PUBLISH, PUBREL), List.of(PUBREL));
            case RELEASING, RELEASED -> assertThat(types).containsExactly(PUBREL);
            case DONE -> assertThat(types).isIn(List.of(PUBREL), List.of());
        }
    }

    private static String name(int level, int qos, Step step) {
        return "down-" + level + qos + step;
    }

    /** Subscribes, gets a message and goes as far as that; its packet id. */
    private int take(int level, int qos, Step step) throws IOException {
        String name = name(level, qos, step);
        try (MqttSocket client = open(level)) {
            client.connect(name);
            client.subscribe(name, qos);
            send(level, name, qos, "message");
            int id = client.expect(PUBLISH).id();
            goAsFar(client, qos, step, id);
            return id;
        }
    }

    private static void goAsFar(MqttSocket client, int qos, Step step, int id) throws IOException {
        if (step != Step.PUBLISHED) {
            client.answer(qos == 1 ? PUBACK : PUBREC, id);
            if (qos == 2 && step != Step.RECEIVED) {
                client.expect(PUBREL);
                if (step == Step.DONE) {
                    client.answer(PUBCOMP, id);
                }
            }
        }
    }

    private void send(int level, String topic, int qos, String text) throws IOException {
        MqttSocket sender = senders.get(level);
        if (sender == null) {
            sender = open(level);
            senders.put(level, sender);
            sender.connect("sender" + level);
        }
        sender.publish(topic, text, qos, 1, false);
        if (qos == 1) {
            sender.expect(PUBACK);
        } else {
            sender.expect(PUBREC);
            sender.answer(PUBREL, 1);
            sender.expect(PUBCOMP);
        }
    }

    /** What comes before a message that is sent now, each answered as it must be, PUBREL with the others. */
    private List<MqttSocket.Packet> rest(int level, int qos, Step step) throws IOException {
        String name = name(level, qos, step);
        String end = END + ++ends;
        send(level, name, 1, end);
        return untilEnd(level, qos, name, end);
    }

    private List<MqttSocket.Packet> untilEnd(int level, int qos, String name, String end) throws IOException {
        List<MqttSocket.Packet> rest = new ArrayList<>();
        try (MqttSocket client = open(level)) {
            assertThat(client.connect(name)).as("session of %s", name).isTrue();
            boolean ended = false;
            int unreleased = 0;
            while (!ended || unreleased > 0) {
                MqttSocket.Packet got = client.read();
                boolean message = got.type() == PUBLISH;
                if (message && got.text().startsWith(END)) {
                    // an earlier one comes again if the broker was killed before its PUBACK was on disk
                    ended |= got.text().equals(end);
                    client.answer(PUBACK, got.id());
                    continue;
                }
                rest.add(got);
                unreleased += message && qos == 2 ? 1 : got.type() == PUBREL && unreleased > 0 ? -1 : 0;
                client.answer(message ? qos == 1 ? PUBACK : PUBREC : PUBCOMP, got.id());
            }
            client.disconnect();
        }
        return rest;
    }

    // to one of several

    /** As far as that at QoS 2, with a shared subscription of its own group; its packet id. */
    private int takeShared(Step step) throws IOException {
        try (MqttSocket client = open(5)) {
            client.connect("member-" + step);
            client.subscribe("$share/group" + step + "/shared/" + step, 2);
            send(5, "shared/" + step, 2, "message");
            int id = client.expect(PUBLISH).id();
            goAsFar(client, 2, step, id);
            return id;
        }
    }

    /** What a member had begun at QoS 2 is its alone, whoever else asks meanwhile. */
    private void checkShared(Step step, int id) throws IOException {
        try (MqttSocket other = open(5)) {
            other.connect("other-" + step);
            other.subscribe("$share/group" + step + "/shared/" + step, 2);
            send(5, "shared/" + step, 1, END);
            MqttSocket.Packet got = other.expect(PUBLISH);
            assertThat(got.text()).as("at %s", step).isEqualTo(END);
            other.answer(PUBACK, got.id());
            other.disconnect();
        }
        String end = END + ++ends;
        send(5, "shared/" + step, 1, end);
        check(5, step, id, untilEnd(5, 2, "member-" + step, end));
    }
}
