package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
    private static final String MODULES = "org.apache.activemq.artemis.spi.core.security.jaas.";
    private static final String PROPERTIES = MODULES + "PropertiesLoginModule %s\n debug=false\n reload=true\n"
        + " org.apache.activemq.jaas.properties.user=\"users.properties\"\n org.apache.activemq.jaas.properties.role=\"roles.properties\";\n";
    private static final String GUEST = MODULES + "GuestLoginModule %s debug=false org.apache.activemq.jaas.guest.user=\"someone\"\n"
        + " org.apache.activemq.jaas.guest.role=\"visitors\";\n";

    private static final String HASH_OF_H = PasswordHash.hash("h");

    @TempDir Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("users.properties"), "# people\nhash = ENC(" + HASH_OF_H + ")\nplain = p\n"
            + "masked = ENC(-41e444c3ed07d6dd)\nsp\\ ace = x y\nempty=\nuni = p\\u00e4ss\ncont = ab\\\n  cd\nbroken = ENC(zz)\n= nameless\n");
        Files.writeString(folder.resolve("roles.properties"), "amq = hash,plain\nother= plain , masked,\n");
    }

    private Login login(String entry) {
        return Login.of(LoginConfig.parse("login.config", "activemq {\n" + entry + "};"), "activemq", folder);
    }

    private static Optional<Identity> ask(Login login, String user, String password) throws IOException {
        return login.login(Credentials.of(user, password));
    }

    @ParameterizedTest
    @CsvSource({"hash,h", "plain,p", "masked,secret", "sp ace,x y", "empty,''", "uni,päss", "cont,abcd"})
    void letsInWhoKnowsThePassword(String user, String password) throws IOException {
        Login login = login(String.format(PROPERTIES, "required"));
        assertThat(ask(login, user, password)).isPresent();
        assertThat(ask(login, user, password + "!")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'',''", "'',nameless", "nobody,p", "broken,zz", "broken,ENC(zz)", "plain,''", "masked,ENC(-41e444c3ed07d6dd)", "Plain,p"})
    void refusesEverybodyElse(String user, String password) throws IOException {
        assertThat(ask(login(String.format(PROPERTIES, "required")), user, password)).isEmpty();
    }

    @Test
    void rolesComeFromTheOtherFile() throws IOException {
        Login login = login(String.format(PROPERTIES, "required"));
        assertThat(ask(login, "plain", "p")).contains(Identity.of("plain", Set.of("amq", "other")));
        assertThat(ask(login, "masked", "secret")).contains(Identity.of("masked", Set.of("other")));
        assertThat(ask(login, "empty", "")).contains(Identity.of("empty", Set.of()));
    }

    @Test
    void changedFilesAreReadAgainWhenAsked() throws IOException {
        Login reloading = login(String.format(PROPERTIES, "required"));
        Login once = login(String.format(PROPERTIES, "required").replace("reload=true", "reload=false"));
        assertThat(ask(reloading, "plain", "p")).isPresent();
        assertThat(ask(once, "plain", "p")).isPresent();
        Path users = folder.resolve("users.properties");
        FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(users).toMillis() + 5000);
        Files.writeString(users, "plain = q\n");
        Files.setLastModifiedTime(users, later);
        assertThat(ask(reloading, "plain", "p")).isEmpty();
        assertThat(ask(reloading, "plain", "q")).isPresent();
        assertThat(ask(once, "plain", "p")).isPresent();
        Files.delete(users);
        assertThatThrownBy(() -> ask(reloading, "plain", "q")).isInstanceOf(IOException.class);
    }

    @Test
    void guestsComeInWhereTheyMay() throws IOException {
        Identity guest = Identity.of("someone", Set.of("visitors"));
        Login both = login(String.format(PROPERTIES, "sufficient") + String.format(GUEST, "sufficient"));
        assertThat(ask(both, "plain", "p").orElseThrow().user()).isEqualTo("plain");
        assertThat(ask(both, "plain", "p").orElseThrow().roles()).doesNotContain("visitors");
        assertThat(ask(both, "plain", "wrong")).contains(guest);
        assertThat(both.login(Credentials.NONE)).contains(guest);
        Login careful = login(String.format(PROPERTIES, "sufficient") + String.format(GUEST, "sufficient credentialsInvalidate=true"));
        assertThat(ask(careful, "plain", "wrong")).isEmpty();
        assertThat(careful.login(Credentials.NONE)).contains(guest);
    }

    @Test
    void flagsWeighAsInJaas() throws IOException {
        Login requiredThenGuest = login(String.format(PROPERTIES, "required") + String.format(GUEST, "sufficient"));
        assertThat(ask(requiredThenGuest, "plain", "wrong")).isEmpty();
        assertThat(ask(requiredThenGuest, "plain", "p").orElseThrow().roles()).containsExactlyInAnyOrder("amq", "other", "visitors");
        Login requisite = login(String.format(PROPERTIES, "requisite") + String.format(GUEST, "required"));
        assertThat(ask(requisite, "plain", "wrong")).isEmpty();
        Login optional = login(String.format(PROPERTIES, "optional") + String.format(GUEST, "optional"));
        assertThat(ask(optional, "plain", "wrong").orElseThrow().user()).isEqualTo("someone");
        assertThat(ask(login(""), "plain", "p")).isEmpty();
    }

    @Test
    void certificatesNameTheirOwners() throws IOException {
        Files.writeString(folder.resolve("users.properties"), "joe = CN=joe,O=x\nanybody = /CN=[a-z]+, O=y/\nbad = /(/\n");
        Files.writeString(folder.resolve("roles.properties"), "r = joe\n");
        Login login = login(String.format(PROPERTIES, "required").replace("Properties", "TextFileCertificate").replace("jaas.properties", "jaas.textfiledn")
            .replace("reload=true", "normalise=true"));
        assertThat(login.login(new Credentials("", "", "CN=joe, O=x"))).contains(Identity.of("joe", Set.of("r")));
        assertThat(login.login(new Credentials("", "", "CN=abc, O=y"))).contains(Identity.of("anybody", Set.of()));
        assertThat(login.login(new Credentials("", "", "CN=joe, O=z"))).isEmpty();
        assertThat(login.login(Credentials.of("joe", ""))).isEmpty();
    }

    @Test
    void readsTheWholeFormat() {
        LoginConfig config = LoginConfig.parse("l", "/* a */ one { // b\n x.Y REQUIRED a=1 b=\"c d\\\"e\" c=\"${test.absent:z}\";\n p.Q optional; };\n# c\ntwo{x.Y required;}; ");
        assertThat(config.entries()).containsOnlyKeys("one", "two");
        assertThat(config.entries().get("one").get(0)).isEqualTo(
            new LoginConfig.Module("x.Y", LoginConfig.Flag.REQUIRED, Map.of("a", "1", "b", "c d\"e", "c", "z")));
        assertThat(config.entries().get("one")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a {", "a { x", "a { x maybe; };", "a { x required", "a { x required b; };", "a { x required b=\"c; };", "a {};\na {};"})
    void saysWhereTheFormatIsBroken(String text) {
        assertThatThrownBy(() -> LoginConfig.parse("login.config", text)).isInstanceOf(ConfigException.class).hasMessageStartingWith("login.config:");
    }

    @Test
    void refusesModulesItDoesNotHave() {
        assertThatThrownBy(() -> login(MODULES + "LDAPLoginModule required;")).isInstanceOf(ConfigException.class).hasMessageContaining("isn't supported");
        assertThatThrownBy(() -> login(MODULES + "PropertiesLoginModule required;")).isInstanceOf(ConfigException.class).hasMessageContaining("needs the option");
        assertThatThrownBy(() -> Login.of(LoginConfig.parse("l", ""), "activemq", folder)).isInstanceOf(ConfigException.class);
    }

    @Test
    void theBasicManagerKnowsItsFirstUser() throws IOException {
        String name = "org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager";
        Login login = Login.ofManager(name, Map.of("bootstrapUser", "u", "bootstrapPassword", "ENC(" + PasswordHash.hash("p") + ")", "bootstrapRole", "r"), folder);
        assertThat(ask(login, "u", "p")).contains(Identity.of("u", Set.of("r")));
        assertThat(ask(login, "u", "q")).isEmpty();
        assertThat(ask(Login.ofManager(name, Map.of("bootstrapUserFile", "users.properties", "bootstrapRoleFile", "roles.properties"), folder), "plain", "p"))
            .isPresent();
        assertThatThrownBy(() -> Login.ofManager("x.Y", Map.of(), folder)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Login.ofManager(name, Map.of(), folder)).isInstanceOf(ConfigException.class);
    }
}
