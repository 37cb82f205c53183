package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept for SCRAM, and who is found by it. */
class ScramKeysTest {

    /** The conversation of RFC 7677 §3, whose password is "pencil". */
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final byte[] SAID = ("n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").getBytes(StandardCharsets.UTF_8);
    private static final byte[] PROOF = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    /** As Artemis writes it for "secret". */
    private static final String STORED = "sJ02Yi3ZdGR8F1RhgDN6L8SAe4KQTKvO6i6yT2hZqYY=:4096:nOoL/oV7fUB9F1WtfeZK+vMzmbVFIHqs5DayIyCVDuM=:"
        + "xc/pBlNjdCi+Lm70+MyBpn9mzNrln2B6L1QivPPgxpQ=";
    private static final String MODULE = "org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule %s"
        + " org.apache.activemq.jaas.properties.user=\"users\" org.apache.activemq.jaas.properties.role=\"roles\";";
    private static final String GUESTS = "org.apache.activemq.artemis.spi.core.security.jaas.GuestLoginModule %s;";

    @TempDir Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("users"), "plain = p\nmasked = ENC(-41e444c3ed07d6dd)\nhash = ENC(" + PasswordHash.hash("h") + ")\n"
            + "keys|SHA256 = ENC(" + STORED + ")\nbroken|SHA256 = ENC(AA==:x:AA==:AA==)\nempty =\n");
        Files.writeString(folder.resolve("roles"), "amq = plain,keys\n");
    }

    private Optional<ScramUser> find(String modules, String user) throws IOException {
        return Login.of(LoginConfig.parse("login.config", "activemq {\n" + modules + "};"), "activemq", folder).scram(ScramHash.SHA_256, user, "other");
    }

    @Test
    void theExampleOfTheStandard() {
        ScramKeys keys = ScramKeys.derive(ScramHash.SHA_256, "pencil", SALT, 4096);
        assertThat(keys.accept(PROOF, SAID)).isTrue();
        assertThat(Base64.getEncoder().encodeToString(keys.signature(SAID))).isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        PROOF[0] ^= 1;
        assertThat(keys.accept(PROOF, SAID)).isFalse();
        PROOF[0] ^= 1;
        assertThat(keys.accept(new byte[0], SAID)).isFalse();
        assertThat(keys.accept(PROOF, new byte[0])).isFalse();
    }

    @ParameterizedTest
    @EnumSource(ScramHash.class)
    void aPasswordIsKnownByItsKeys(ScramHash hash) {
        ScramKeys keys = ScramKeys.derive(hash, "secret", SALT, 10);
        assertThat(keys.areOf("secret")).isTrue();
        assertThat(keys.areOf("Secret")).isFalse();
    }

    @Test
    void keysOfArtemisAreRead() {
        assertThat(ScramKeys.parse(ScramHash.SHA_256, STORED).orElseThrow().areOf("secret")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":::", "AA==:0:AA==:AA==", "AA==:99999999:AA==:AA==", "AA==:x:AA==:AA==", "?:1:AA==:AA==", ":1:AA==:AA==", "1024:5A:A5"})
    void whatIsNoKeys(String text) {
        assertThat(ScramKeys.parse(ScramHash.SHA_256, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "masked", "keys", "empty"})
    void isFound(String user) throws IOException {
        assertThat(find(String.format(MODULE, "required"), user).orElseThrow().who().orElseThrow().user()).isEqualTo(user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hash", "nobody", "broken", "", "keys|SHA512"})
    void isNotFound(String user) throws IOException {
        assertThat(find(String.format(MODULE, "required"), user)).isEmpty();
    }

    @Test
    void whatMoreThanOneModuleAsksForIsNotProvedToOne() throws IOException {
        assertThat(find(String.format(MODULE, "sufficient") + String.format(GUESTS, "sufficient"), "plain")).isPresent();
        assertThat(find(String.format(MODULE, "required") + String.format(GUESTS, "required"), "plain")).isEmpty();
    }
}
