package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserFilesTest {
    @TempDir Path folder;
    private Path users;
    private Path roles;
    private UserFiles files;

    @BeforeEach
    void files() throws IOException {
        users = folder.resolve("users.properties");
        roles = folder.resolve("roles.properties");
        Files.writeString(users, "## head\n\njoe: ENC(x)\n! about\nann=b\\\n  c\n");
        Files.writeString(roles, "# roles\namq = joe,ann\nlast= ann , joe,\nonly=ann\n");
        files = new UserFiles(users, roles);
    }

    @Test
    void lists() throws IOException {
        assertThat(files.list()).containsExactly(Map.entry("joe", Set.of("amq", "last")), Map.entry("ann", Set.of("amq", "last", "only")));
    }

    @Test
    void addsWithAHashOrInTheClear() throws IOException {
        files.add("bob", "b:=c ", List.of("amq", "new"), true);
        files.add("k ö=y", "x", List.of("new"), false);
        assertThat(Files.readString(users)).startsWith("## head\n\njoe: ENC(x)\n! about\nann=b\\\n  c\nbob = b:=c \nk\\ \\u00F6\\=y = ENC(1024:");
        assertThat(Files.readString(roles)).isEqualTo("# roles\namq = joe,ann,bob\nlast= ann , joe,\nonly=ann\nnew = bob,k \\u00F6=y\n");
        assertThat(files.list()).containsEntry("k ö=y", Set.of("new"));
        String stored = PropertiesText.read(users).values().get("k ö=y");
        assertThat(PasswordHash.verify(PasswordMask.inside(stored), "x")).isTrue();
        assertThatThrownBy(() -> files.add("bob", "x", List.of(), false)).hasMessage("AMQ229223: User bob already exists");
    }

    @Test
    void removesFromBothFiles() throws IOException {
        files.remove("ann");
        assertThat(Files.readString(users)).isEqualTo("## head\n\njoe: ENC(x)\n! about\n");
        assertThat(Files.readString(roles)).isEqualTo("# roles\namq = joe\nlast = joe\n");
        assertThatThrownBy(() -> files.remove("ann")).isInstanceOf(IllegalArgumentException.class).hasMessage("AMQ229224: User ann does not exist");
    }

    @Test
    void resetsPasswordOrRoles() throws IOException {
        files.reset("joe", Optional.of("n"), Optional.empty(), true);
        assertThat(Files.readString(users)).contains("\njoe = n\n! about\n");
        assertThat(files.list()).containsEntry("joe", Set.of("amq", "last"));
        files.reset("joe", Optional.empty(), Optional.of(List.of("x")), false);
        assertThat(files.list()).containsEntry("joe", Set.of("x"));
        assertThatThrownBy(() -> files.reset("nobody", Optional.empty(), Optional.empty(), false)).hasMessage("AMQ229224: User nobody does not exist");
    }

    @Test
    void refusesNamesThatCannotBeWritten() {
        for (String name : List.of("", " ", "a,b", " a")) {
            assertThatThrownBy(() -> files.add(name, "x", List.of(), false)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> files.add("ok", "x", List.of("r,s"), false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startsFromNothing() throws IOException {
        Files.delete(users);
        Files.delete(roles);
        files.add("first", "x", List.of("amq"), true);
        assertThat(files.list()).containsExactly(Map.entry("first", Set.of("amq")));
        assertThat(Files.list(folder)).hasSize(2);
    }

    @Test
    void isFoundThroughLoginConfig() {
        LoginConfig config = LoginConfig.parse("l", "a { x.GuestLoginModule sufficient; org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule"
            + " required org.apache.activemq.jaas.properties.user=u org.apache.activemq.jaas.properties.role=r; };");
        assertThat(UserFiles.of(config, "a", folder)).isPresent();
        assertThat(UserFiles.of(config, "b", folder)).isEmpty();
    }

    @Test
    void readsFilesOfTheOldEncoding() throws IOException {
        Files.write(users, "jö=x\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(PropertiesText.read(users).values()).containsOnlyKeys("jö");
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadByAnybody(@ForAll @Size(max = 5) Map<@StringLength(min = 1, max = 6) String, @StringLength(max = 8) String> entries)
        throws IOException {
        PropertiesText text = PropertiesText.parse("# top\n");
        entries.forEach(text::put);
        entries.forEach(text::put);
        Properties standard = new Properties();
        standard.load(new StringReader(text.toString()));
        assertThat(standard).isEqualTo(entries);
        assertThat(PropertiesText.parse(text.toString()).values()).isEqualTo(entries);
    }

    @Property(tries = 300)
    void untouchedTextStaysAsItIs(@ForAll @StringLength(max = 40) String text) {
        String lines = text.replace("\r", "\n");
        String expected = lines.isEmpty() || lines.endsWith("\n") ? lines : lines + "\n";
        assertThat(PropertiesText.parse(lines)).hasToString(expected);
    }
}
