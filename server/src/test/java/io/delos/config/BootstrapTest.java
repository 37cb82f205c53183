package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapTest {
    @TempDir Path folder;

    @Test
    void readsWhoChecksLoginsAndWhatIsServed() throws IOException {
        Path file = folder.resolve("bootstrap.xml");
        Files.writeString(file, "<broker xmlns='http://activemq.apache.org/schema'><jaas-security domain='here'/>"
            + "<server configuration='file:/etc//broker.xml'/><web path='web'><binding name='b' uri='http://localhost:1'>"
            + "<app name='console' url='console' war='c.war'/></binding></web></broker>");
        Bootstrap bootstrap = Bootstrap.read(file);
        assertThat(bootstrap.jaas()).isEqualTo(new Bootstrap.Jaas("here", ""));
        assertThat(bootstrap.configuration()).isEqualTo("file:/etc//broker.xml");
        assertThat(bootstrap.securityManager()).isEmpty();
        assertThat(bootstrap.web().orElseThrow().bindings().get(0).attributes()).containsEntry("uri", "http://localhost:1");
        assertThat(bootstrap.web().orElseThrow().bindings().get(0).apps()).containsExactly(Map.of("name", "console", "url", "console", "war", "c.war"));
    }

    @Test
    void readsAnotherSecurityManager() throws IOException {
        Path file = folder.resolve("bootstrap.xml");
        Files.writeString(file, "<broker><security-manager class-name='x.Y'><property key='a' value='b'/></security-manager></broker>");
        assertThat(Bootstrap.read(file).securityManager()).contains(new Bootstrap.SecurityManager("x.Y", Map.of("a", "b")));
        Files.writeString(file, "<other/>");
        assertThatThrownBy(() -> Bootstrap.read(file)).isInstanceOf(ConfigException.class).hasMessage("bootstrap.xml:1: <other>: expected <broker> as the root");
    }
}
