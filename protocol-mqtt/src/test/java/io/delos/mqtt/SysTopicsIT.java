package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics below {@code $SYS/}: who may hear them, when, and that they are true. */
class SysTopicsIT {

    private static final String BROKER = "$SYS/broker/";

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Login login = TestUsers.login(directory, "all=secret\nplain=p\n", "admins=all\nothers=plain\n");
        server = TestServer.secured(directory.resolve("data"), SysTopicsIT::configured, login);
    }

    /** Everybody may do everything, but for what is below {@code $SYS}. */
    private static BrokerConfig configured(BrokerConfig config) {
        Map<Permission, Set<String>> everywhere = TestUsers.everythingTo("admins", "others");
        Map<Permission, Set<String>> system = TestUsers.everythingTo("admins");
        return config.withSecuritySettings(new SecuritySettings(Map.of("#", everywhere, "$SYS.#", system), Map.of())).withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?sysInterval=3600"),
                AcceptorConfig.of("often", "tcp://127.0.0.1:0?sysInterval=1"),
                AcceptorConfig.of("off", "tcp://127.0.0.1:0?sysInterval=0")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient at(String acceptor) throws IOException {
        return new WireClient(server.server().port(acceptor));
    }

    private static byte[] connect(int level, String clientId, String user, boolean clean, String properties) {
        int flags = 0xC0 | (clean ? 2 : 0);
        String password = user.equals("all") ? "secret" : "p";
        byte[] props = WireClient.hex(properties);
        return WireClient.packet(0x10, level == 4 ? WireClient.body("MQTT", 4, flags, (short) 60, clientId, user, password)
                : WireClient.body("MQTT", 5, flags, (short) 60, props.length, props, clientId, user, password));
    }

    private static WireClient open(String acceptor, int level, String clientId) throws IOException {
        WireClient client = at(acceptor);
        assertThat(client.raw(connect(level, clientId, "all", true, "")).expect(2).hex()).startsWith("0000");
        return client;
    }

    private static WireClient open(String clientId) throws IOException {
        return open("artemis", 5, clientId);
    }

    /** What a topic says now. */
    private static String read(WireClient client, String name) throws IOException {
        assertThat(client.subscribe5(BROKER + name, 1, "").hex()).endsWith("0000");
        WireClient.Packet packet = client.expect(3);
        assertThat(packet.topic()).isEqualTo(BROKER + name);
        assertThat(packet.retain()).isTrue();
        assertThat(packet.qos()).isZero();
        client.raw(WireClient.packet(0xA2, WireClient.body((short) 2, 0, BROKER + name)));
        assertThat(client.expect(11).hex()).endsWith("00");
        return packet.text5();
    }

    private static long number(WireClient client, String name) throws IOException {
        return Long.parseLong(read(client, name));
    }

    @Test
    void whoSubscribesHearsAllThatIsUsuallyAskedFor() throws Exception {
        Set<String> wanted = new HashSet<>(List.of("version", "uptime", "clients/connected", "clients/disconnected", "clients/total", "clients/maximum",
                "clients/expired", "messages/received", "messages/sent", "messages/stored", "publish/messages/received", "publish/messages/sent",
                "publish/messages/dropped", "publish/bytes/received", "publish/bytes/sent", "bytes/received", "bytes/sent", "subscriptions/count",
                "shared_subscriptions/count", "retained messages/count", "store/messages/count", "store/messages/bytes", "heap/current", "heap/maximum"));
        for (String load : List.of("messages/received", "messages/sent", "publish/received", "publish/sent", "publish/dropped", "bytes/received",
                "bytes/sent", "sockets", "connections")) {
            for (String minutes : List.of("1min", "5min", "15min")) {
                wanted.add("load/" + load + "/" + minutes);
            }
        }
        try (WireClient client = open("names")) {
            assertThat(client.subscribe5("$SYS/#", 2, "").hex()).endsWith("0000");
            while (!wanted.isEmpty()) {
                WireClient.Packet packet = client.expect(3);
                assertThat(packet.retain()).isTrue();
                assertThat(packet.text5()).isNotEmpty();
                wanted.remove(packet.topic().substring(BROKER.length()));
            }
        }
        try (WireClient client = open("words")) {
            assertThat(read(client, "uptime")).matches("\\d+ seconds");
            assertThat(read(client, "version")).startsWith("delos version ");
            assertThat(read(client, "load/sockets/1min")).matches("\\d+\\.\\d\\d");
        }
    }

    @Test
    void clientsAreCounted() throws Exception {
        try (WireClient client = open("counter")) {
            await().until(() -> number(client, "clients/connected") == 1);
            long away = number(client, "clients/disconnected");
            long expired = number(client, "clients/expired");
            try (WireClient other = at("artemis")) {
                other.raw(connect(5, "counted", "all", true, "1100000001")).expect(2);
                other.subscribe5("counted/t", 1, "");
                assertThat(number(client, "clients/connected")).isEqualTo(2);
                assertThat(number(client, "clients/maximum")).isGreaterThanOrEqualTo(2);
                assertThat(number(client, "clients/disconnected")).isEqualTo(away);
                assertThat(number(client, "clients/total")).isEqualTo(2 + away);
                other.disconnect();
            }
            await().until(() -> number(client, "clients/expired") == expired + 1);
            assertThat(number(client, "clients/connected")).isEqualTo(1);
            assertThat(number(client, "clients/disconnected")).isEqualTo(away);
        }
    }

    @Test
    void whoIsAwayIsCounted() throws Exception {
        try (WireClient client = open("away-counter")) {
            long away = number(client, "clients/disconnected");
            long subscriptions = number(client, "subscriptions/count");
            long shared = number(client, "shared_subscriptions/count");
            try (WireClient other = at("artemis")) {
                other.raw(connect(5, "goes", "all", true, "1100000e10")).expect(2);
                other.subscribe5("goes/t", 1, "");
                other.subscribe5("$share/g/goes/t", 1, "");
                other.disconnect();
            }
            await().until(() -> number(client, "clients/disconnected") == away + 1);
            // the reader's own is one of them
            assertThat(number(client, "subscriptions/count")).isEqualTo(subscriptions + 2);
            assertThat(number(client, "shared_subscriptions/count")).isEqualTo(shared + 1);
        }
    }

    @Test
    void messagesAreCounted() throws Exception {
        try (WireClient client = open("reads"); WireClient other = open("artemis", 4, "sends")) {
            long received = number(client, "publish/messages/received");
            long bytes = number(client, "publish/bytes/received");
            long retained = number(client, "retained messages/count");
            long sent = number(client, "publish/messages/sent");
            long socketBytes = number(client, "bytes/received");
            other.subscribe4("counted/m", 0);
            for (int i = 1; i <= 3; i++) {
                other.publish4("counted/m", "12345", 0, 0, 0).expect(3);
            }
            other.publish4("counted/kept", "1234567", 1, 1, 1).expect(4);
            assertThat(number(client, "publish/messages/received")).isEqualTo(received + 4);
            assertThat(number(client, "publish/bytes/received")).isEqualTo(bytes + 22);
            await().until(() -> number(client, "retained messages/count") == retained + 1);
            assertThat(number(client, "publish/messages/sent")).isGreaterThanOrEqualTo(sent + 3);
            assertThat(number(client, "bytes/received")).isGreaterThan(socketBytes + 22);
        }
    }

    @Test
    void valuesComeAgainAndAgainUntilNobodyWantsThem() throws Exception {
        try (WireClient client = open("often", 5, "ticks"); WireClient keeps = open("often", 5, "ticks-retain"); WireClient all = open("often", 5, "ticks-all")) {
            all.subscribe5("#", 0x20, "");
            all.subscribe5("+/broker/uptime", 0x20, "");
            assertThat(client.subscribe5(BROKER + "clients/connected", 0x20, "0b07").hex()).endsWith("0000");
            assertThat(keeps.subscribe5(BROKER + "uptime", 0x28, "").hex()).endsWith("0000");
            for (int i = 0; i < 2; i++) {
                WireClient.Packet packet = client.expect(3);
                assertThat(packet.retain()).isFalse();
                assertThat(packet.properties5()).isEqualTo("0b07");
                assertThat(keeps.expect(3).retain()).isTrue();
            }
            all.expectNothing();
            try (WireClient another = open("ticks-another")) {
                String here = read(another, "clients/connected");
                await().until(() -> client.expect(3).text5().equals(here));
            }
            client.raw(WireClient.packet(0xA2, WireClient.body((short) 2, 0, BROKER + "clients/connected")));
            await().until(() -> client.read().type() == 11);
            keeps.expect(3);
            keeps.expect(3);
            client.expectNothing();
        }
    }

    @Test
    void nothingIsKeptForWhoIsAway() throws Exception {
        try (WireClient client = at("often")) {
            client.raw(connect(5, "sys-away", "all", true, "1100000e10")).expect(2);
            client.subscribe5("$SYS/broker/uptime", 0x11, "");
            client.raw("e000");
        }
        await().until(() -> server.broker().clients().all().stream().noneMatch(each -> each.clientId().equals("sys-away")));
        assertThat(server.broker().findQueue("sys-away.$SYS.broker.uptime")).isEmpty();
        assertThat(server.broker().routes().find("$SYS.broker.uptime")).isEmpty();
        try (WireClient client = at("often")) {
            client.raw(connect(5, "sys-away", "all", false, "1100000e10"));
            assertThat(client.expect(2).hex()).startsWith("01");
            assertThat(client.expect(3).topic()).isEqualTo(BROKER + "uptime");
        }
    }

    @Test
    void nobodyElsePublishesThere() throws Exception {
        try (WireClient five = open("pub5"); WireClient watcher = open("pub-watch"); WireClient four = open("artemis", 4, "pub4"); WireClient will = at("artemis")) {
            watcher.subscribe5("$SYS/mine/#", 0, "");
            assertThat(five.publish5("$SYS/mine/a", "x", 1, 1, "").expect(4).hex()).startsWith("000187");
            assertThat(five.publish5("$SYS/mine/a", "x", 2, 2, "").expect(5).hex()).startsWith("000287");
            five.publish5("$SYS/mine/a", "x", 0, 0, "").expectNothing();
            five.publish5("$SYS/broker/uptime", "x", 1, 1, "230001").expect(4);
            assertThat(five.publish5("", "x", 1, 3, "230001").expect(4).hex()).startsWith("000387");
            four.publish4("$SYS/mine/a", "x", 1, 1, 0).expectClosed();
            watcher.expectNothing();
            will.raw(WireClient.packet(0x10, WireClient.body("MQTT", 5, 0xC6, (short) 60, 0, "sys-will", 0, "$SYS/mine/w", "x", "all", "secret")));
            assertThat(will.expect(2).hex()).startsWith("0087");
            assertThat(five.publish5("$SYSTEM/b", "x", 1, 4, "").expect(4).hex()).isEqualTo("0004");
        }
    }

    @Test
    void whoMayNotIsRefused() throws Exception {
        try (WireClient five = at("artemis"); WireClient four = at("artemis"); WireClient admin = open("allowed")) {
            five.raw(connect(5, "plain5", "plain", true, "")).expect(2);
            assertThat(five.subscribe5("$SYS/#", 0, "").hex()).endsWith("87");
            assertThat(five.subscribe5("other/#", 0, "").hex()).endsWith("00");
            four.raw(connect(4, "plain4", "plain", true, "")).expect(2);
            assertThat(four.subscribe4("$SYS/broker/uptime", 0).hex()).endsWith("80");
            assertThat(admin.subscribe5("$share/g/$SYS/#", 0, "").hex()).endsWith("83");
            five.expectNothing();
            four.expectNothing();
            admin.expectNothing();
        }
    }

    @Test
    void theyMayBeOrdinaryTopics() throws Exception {
        try (WireClient client = open("off", 5, "off"); WireClient sender = open("off", 5, "off-sender")) {
            List<String> heard = new ArrayList<>();
            assertThat(client.subscribe5("$SYS/#", 1, "").hex()).endsWith("01");
            sender.publish5("$SYS/broker/uptime", "mine", 1, 1, "").expect(4);
            heard.add(client.expect(3).text5());
            client.expectNothing();
            assertThat(heard).containsExactly("mine");
        }
    }
}
