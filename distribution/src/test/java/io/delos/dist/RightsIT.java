package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.server.TestServer;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may come in and what they may do: one verdict, five ways of saying it. */
class RightsIT {

    private static final String JAAS = "org.apache.activemq.artemis.spi.core.security.jaas.";
    private static final Optional<Account> ADMIN = Optional.of(new Account("admin", "secret"));
    private static final Optional<Account> READER = Optional.of(new Account("reader", "r"));
    private static final Optional<Account> WRITER = Optional.of(new Account("writer", "w"));

    @TempDir
    static Path directory;
    /** Knows its users and nobody else. */
    private static TestServer closed;
    /** Takes whoever it doesn't know for a guest. */
    private static TestServer open;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("users.properties"), "admin=secret\nreader=r\nwriter=w\n");
        Files.writeString(directory.resolve("roles.properties"), "admins=admin\nreaders=reader\nwriters=writer\n");
        String users = JAAS + "PropertiesLoginModule %s org.apache.activemq.jaas.properties.user=\"users.properties\""
                + " org.apache.activemq.jaas.properties.role=\"roles.properties\";\n";
        String guests = JAAS + "GuestLoginModule sufficient org.apache.activemq.jaas.guest.user=\"visitor\""
                + " org.apache.activemq.jaas.guest.role=\"writers\";\n";
        Path entries = Files.writeString(directory.resolve("login.config"), "strict {\n" + users.formatted("required") + "};\n"
                + "lenient {\n" + users.formatted("sufficient") + guests + "};\n");
        closed = secured("strict", entries);
        open = secured("lenient", entries);
    }

    private static TestServer secured(String entry, Path entries) throws Exception {
        return TestServer.secured(directory.resolve(entry),
                config -> config.withSecuritySettings(rights()), Login.of(LoginConfig.read(entries), entry, directory));
    }

    /** Letters: writers write, readers read, both may make what they need. Vault: the same, but only administrators make anything. */
    private static SecuritySettings rights() {
        Map<Permission, Set<String>> everything = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            everything.put(permission, Set.of("admins"));
        }
        Map<Permission, Set<String>> vault = new EnumMap<>(everything);
        vault.put(Permission.SEND, Set.of("admins", "writers"));
        vault.put(Permission.CONSUME, Set.of("admins", "readers"));
        Map<Permission, Set<String>> letters = new EnumMap<>(vault);
        for (Permission making : Set.of(Permission.CREATE_ADDRESS, Permission.CREATE_DURABLE_QUEUE, Permission.CREATE_NON_DURABLE_QUEUE)) {
            letters.put(making, Set.of("admins", "writers", "readers"));
        }
        return new SecuritySettings(Map.of("#", everything, "letters.#", letters, "vault.#", vault), Map.of());
    }

    @AfterAll
    static void stop() {
        closed.close();
        open.close();
    }

    private static Peer connect(TestServer server, Speech speech, Optional<Account> account) throws Exception {
        return speech.connect(server.port(), account.map(Account::user).orElse("nobody"), account);
    }

    /** MQTT subscribes to topics only. */
    private static Place place(String match, Speech speech) {
        return new Place(match + "." + speech.name().toLowerCase(), speech == Speech.MQTT);
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotKnowThePasswordStaysOutside(Speech speech) {
        assertNotLetIn(speech, Optional.of(new Account("reader", "wrong")));
        assertNotLetIn(speech, Optional.of(new Account("nobody", "r")));
        assertNotLetIn(speech, Optional.empty());
    }

    private static void assertNotLetIn(Speech speech, Optional<Account> account) {
        ThrowingCallable attempt = () -> connect(closed, speech, account).close();
        String user = account.map(Account::user).orElse("");
        switch (speech) {
            case CORE -> assertThatThrownBy(attempt).isInstanceOf(JMSSecurityException.class)
                    .hasMessageContaining("AMQ229031: Unable to validate user from 127.0.0.1");
            case AMQP -> assertThatThrownBy(attempt).isInstanceOf(JMSSecurityException.class);
            case OPENWIRE -> assertThatThrownBy(attempt).isInstanceOf(JMSException.class)
                    .hasMessageContaining("User name [").hasMessageContaining("] or password is invalid");
            case MQTT -> assertThatThrownBy(attempt)
                    .isInstanceOfSatisfying(MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(0x86));
            case STOMP -> assertThatThrownBy(attempt).isInstanceOf(StompPeer.Refused.class)
                    .hasMessageContaining("Security Error occurred: User name [" + user + "] or password is invalid");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoMayReadMayNotWriteAndTheOtherWayRound(Speech speech) throws Exception {
        Place place = place("letters", speech);
        try (Peer reader = connect(closed, speech, READER); Peer writer = connect(closed, speech, WRITER)) {
            reader.listen(place);
            try (Peer bold = speech.connect(closed.port(), "bold", READER)) {
                assertRefused(speech, "SEND", () -> bold.send(place, Letter.of("forbidden")));
            }
            try (Peer bold = speech.connect(closed.port(), "bold", WRITER)) {
                assertRefused(speech, "CONSUME", () -> bold.listen(place));
            }
            writer.send(place, Letter.of("allowed"));
            assertThat(reader.receive().text()).isEqualTo("allowed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhoMayMakeQueuesMakesThem(Speech speech) throws Exception {
        Place place = place("vault", speech);
        try (Peer reader = connect(closed, speech, READER)) {
            assertRefused(speech, "CREATE", () -> reader.listen(place));
        }
        assertThat(closed.broker().findQueue(place.name())).isEmpty();
        try (Peer admin = connect(closed, speech, ADMIN); Peer writer = connect(closed, speech, WRITER)) {
            admin.listen(place);
            writer.send(place, Letter.of("kept"));
            assertThat(admin.receive().text()).isEqualTo("kept");
        }
    }

    @ParameterizedTest
    @EnumSource
    void guestsHaveTheRightsOfGuests(Speech speech) throws Exception {
        Place place = place("letters", speech);
        try (Peer admin = connect(open, speech, ADMIN); Peer guest = connect(open, speech, Optional.empty())) {
            admin.listen(place);
            guest.send(place, Letter.of("from a stranger"));
            assertThat(admin.receive().text()).isEqualTo("from a stranger");
        }
        try (Peer guest = connect(open, speech, Optional.empty())) {
            assertRefused(speech, "CONSUME", () -> guest.listen(place));
        }
    }

    /** Every protocol says so in its own words; those that have room for a sentence name the right that is missing. */
    private static void assertRefused(Speech speech, String right, ThrowingCallable attempt) {
        switch (speech) {
            case CORE, AMQP, OPENWIRE -> assertThatThrownBy(attempt).isInstanceOf(JMSException.class).hasMessageContaining(right);
            case MQTT -> assertThatThrownBy(attempt)
                    .isInstanceOfSatisfying(MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(0x87));
            case STOMP -> assertThatThrownBy(attempt).isInstanceOf(StompPeer.Refused.class)
                    .hasMessageContaining(right.equals("SEND") ? "AMQ339011" : "AMQ339016");
        }
    }
}
