package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerXmlTest {
    @TempDir Path folder;

    static Path sample() throws URISyntaxException {
        return Path.of(BrokerXmlTest.class.getResource("broker.xml").toURI());
    }

    static String inCore(String content) {
        return "<configuration xmlns=\"urn:activemq\"><core xmlns=\"urn:activemq:core\">\n" + content + "\n</core></configuration>";
    }

    @Test
    void readsSingleValues() throws URISyntaxException {
        BrokerConfig config = BrokerXml.read(sample()).config();
        assertThat(config.name()).isEqualTo("harbour");
        assertThat(config.storage().persistence()).isFalse();
        assertThat(config.storage().journalDirectory()).isEqualTo("logs/journal");
        assertThat(config.storage().lockDirectory()).isEqualTo("logs/journal");
        assertThat(config.storage().journalFileSize()).isEqualTo(2 << 20);
        assertThat(config.memory().globalMaxSize()).isEqualTo(1 << 30);
        assertThat(config.memory().maxDiskUsage()).isEqualTo(-1);
        assertThat(config.general().uuidNamespace()).isEqualTo("temps");
        assertThat(config.security().clusterPassword()).isEqualTo("ENC(abc)");
        assertThat(config.wildcards()).isEqualTo(new WildcardSyntax(false, '.', '#', '+'));
        assertThat(config.metrics().jvmGc()).isTrue();
        assertThat(config.resourceLimits()).isEqualTo(Map.of("guest", new ResourceLimits(5, 2)));
    }

    @Test
    void readsTheCollections() throws URISyntaxException {
        BrokerConfig config = BrokerXml.read(sample()).config();
        assertThat(config.acceptors()).extracting(AcceptorConfig::name).containsExactly("all", "plain");
        assertThat(config.acceptors().get(0).protocols()).containsExactly("CORE", "MQTT");
        assertThat(config.connectors()).extracting(ConnectorConfig::name).containsExactly("self");
        assertThat(config.securitySettings().grants()).isEqualTo(Map.of(
            "#", Map.of(Permission.SEND, Set.of("c")),
            "x::y", Map.of(Permission.CONSUME, Set.of())));
        assertThat(config.securitySettings().roleMappings()).isEqualTo(Map.of("ext", Set.of("a", "c")));
        assertThat(config.addresses()).extracting(AddressConfig::name).containsExactly("orders", "news");
        assertThat(config.addresses().get(0).routingTypes()).containsExactlyInAnyOrder(RoutingType.ANYCAST, RoutingType.MULTICAST);
        QueueConfig orders = config.addresses().get(0).queues().get(0).resolve(AddressSettings.DEFAULT, Origin.CONFIGURED);
        assertThat(orders.filter()).isEqualTo("colour = 'red'");
        assertThat(orders.maxConsumers()).isEqualTo(3);
        assertThat(orders.durable()).isFalse();
        assertThat(orders.user()).isEqualTo("clerk");
        assertThat(config.diverts()).containsExactly(new DivertConfig("copy", "copy", "orders", "audit", false, "big = TRUE",
            DivertRouting.PASS, new DivertConfig.Transformer("org.apache.activemq.artemis.core.server.transformer.AddHeadersTransformer", Map.of("k", "v"))));
    }

    @Test
    void mergesAddressSettings() throws URISyntaxException {
        AddressSettingsTable table = BrokerXml.read(sample()).config().addressSettings();
        AddressSettings all = table.resolve("slow");
        assertThat(all.deadLetters().address()).isEqualTo("graveyard");
        assertThat(all.deadLetters().redeliveryDelay()).isEqualTo(200);
        assertThat(all.deadLetters().maxRedeliveryDelay()).isEqualTo(2000);
        assertThat(all.limits().maxSizeBytes()).isEqualTo(10 << 20);
        assertThat(all.limits().addressFullPolicy()).isEqualTo(FullPolicy.BLOCK);
        assertThat(all.observation().duplicateIds()).isEqualTo(77);
        AddressSettings fast = table.resolve("fast.x");
        assertThat(fast.deadLetters().address()).isEmpty();
        assertThat(fast.deadLetters().redeliveryDelay()).isEqualTo(5);
        assertThat(fast.limits().maxReadPageBytes()).isEqualTo(2 << 20);
        assertThat(fast.limits().addressFullPolicy()).isEqualTo(FullPolicy.BLOCK);
        assertThat(table.resolve("fast.x.y").deadLetters().address()).isEqualTo("graveyard");
        assertThat(table.given("slow")).containsOnlyKeys("dead-letter-address", "max-size-bytes", "redelivery-delay", "address-full-policy");
        AddressSettings managed = table.with("fast.x", Map.of("redelivery-delay", "9")).resolve("fast.x");
        assertThat(managed.deadLetters().redeliveryDelay()).isEqualTo(9);
        assertThat(table.without("#").resolve("slow").deadLetters().redeliveryDelay()).isZero();
    }

    @Test
    void clientsMayBeToldOfWhomAClusterConnectionNames() {
        BrokerXml.Result result = BrokerXml.parse("broker.xml", inCore("""
            <connectors><connector name="b">tcp://b:2</connector><connector name="a">tcp://a:1</connector></connectors>
            <cluster-connections><cluster-connection name="first"><connector-ref>a</connector-ref><check-period>1000</check-period>
            <static-connectors><connector-ref>b</connector-ref><connector-ref>nobody</connector-ref></static-connectors></cluster-connection>
            <cluster-connection name="second"><connector-ref>b</connector-ref></cluster-connection></cluster-connections>"""));
        assertThat(result.config().members("")).extracting(ConnectorConfig::name).containsExactly("a", "b");
        assertThat(result.config().members("second")).extracting(ConnectorConfig::name).containsExactly("b");
        assertThat(result.config().members("third")).isEmpty();
        assertThat(result.warnings()).singleElement().asString().contains("<cluster-connections> has no effect");
    }

    @Test
    void warnsOfWhatHasNoEffect() throws URISyntaxException {
        assertThat(BrokerXml.read(sample()).warnings()).containsExactlyInAnyOrder(
            "broker.xml:8: <journal-type> has no effect",
            "broker.xml:12: <temporary-queue-namespace> is the old name of <uuid-namespace>",
            "broker.xml:15: <jmx-use-broker-name> has no effect",
            "broker.xml:16: <ha-policy> has no effect",
            "broker.xml:18: <enabled> is the old name of <routing-enabled>",
            "broker.xml:21: <plugin> has no effect",
            "broker.xml:22: <connector> without a name is skipped",
            "broker.xml:29: <permission> type 'fly' is unknown and gives nothing",
            "broker.xml:30: <security-setting> for '#' was given before; the last one counts",
            "broker.xml:43: <page-max-cache-size> has no effect",
            "broker.xml:46: <address-setting> for '#' was given before; the first one counts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "<max-disk-usage>200</max-disk-usage> | <max-disk-usage>: expected a whole percentage from 0 to 100, or -1, found '200'",
        "<persistence-enabled>yes</persistence-enabled> | <persistence-enabled>: expected true or false, found 'yes'",
        "<journal-file-size>3G</journal-file-size> | <journal-file-size>: expected a number from 1 to 2147483647, with an optional unit K, M or G, found '3G'",
        "<journal-min-files>0</journal-min-files> | <journal-min-files>: expected a number above 0, found '0'",
        "<journal-type>TAPE</journal-type> | <journal-type>: expected one of [ASYNCIO, NIO, MAPPED], found 'TAPE'",
        "<literal-match-markers>(</literal-match-markers> | <literal-match-markers>: expected two characters, found '('",
        "<name><b/></name> | <b>: unknown inside <name>; none is expected",
        "<name size='1'>x</name> | <name>: has no attribute 'size'; none is expected",
        "<colour>red</colour> | <colour>: unknown inside <core>; see the list of settings",
        "<acceptors><acceptor name='a'>tcp://h:x</acceptor></acceptors> | <acceptor>: acceptor a: expected a port from 0 to 65535, found 'x'",
        "<acceptors><acceptor name='a'>tcp://h:1</acceptor><acceptor name='a'>tcp://h:2</acceptor></acceptors> | <acceptor>: an acceptor's name may be used once, found a second 'a'",
        "<connectors><connector name='a'>h:1</connector></connectors> | <connector>: connector a: expected a URL such as tcp://host:port?key=value;key=value, found 'h:1'",
        "<addresses><address name='a'/></addresses> | <address>: address 'a' needs <anycast> or <multicast>, or both",
        "<addresses><address><anycast/></address></addresses> | <address>: needs the attribute 'name'",
        "<addresses><address name='a'><anycast><queue name='q' max-consumers='-2'/></anycast></address></addresses> | <queue> max-consumers: expected -1 or a number of at least 0, found '-2'",
        "<addresses><address name='a'><anycast><queue name='q' color='red'/></anycast></address></addresses> | <queue>: has no attribute 'color'; expected one of [",
        "<addresses><address name='a'><anycast><queue name='q'/><queue name='q'/></anycast></address></addresses> | <queue>: a queue name may be used once, found a second 'q'",
        "<address-settings><address-setting match='a'><page-full-policy>PAGE</page-full-policy></address-setting></address-settings> | <address-setting> page-full-policy: expected one of [DROP, FAIL], found 'PAGE'",
        "<address-settings><address-setting match='a'><max-size>1</max-size></address-setting></address-settings> | <max-size>: unknown inside <address-setting>",
        "<address-settings><address-setting match='a.#.b'/></address-settings> | <address-setting> a.#.b: a match may hold '#' only at its end",
        "<address-settings><address-setting><expiry-delay>1</expiry-delay></address-setting></address-settings> | <address-setting>: needs the attribute 'match'",
        "<security-settings><security-setting match='#'><permission type='send' role='a'/></security-setting></security-settings> | <permission>: has no attribute 'role'; expected one of [roles, type]",
        "<diverts><divert name='d'><address>a</address></divert></diverts> | <divert>: divert 'd' needs <forwarding-address>",
        "<diverts><divert name='d'><address>a</address><forwarding-address>b</forwarding-address><routing-type>UP</routing-type></divert></diverts> | <routing-type>: expected one of [ANYCAST, MULTICAST, STRIP, PASS], found 'UP'",
        "<wildcard-addresses><delimiter>#</delimiter></wildcard-addresses> | <wildcard-addresses>: delimiter, any-words and single-word must differ",
        "<metrics><speed>true</speed></metrics> | <speed>: unknown inside <metrics>; expected one of [jvm-memory,",
        "<resource-limit-settings><resource-limit-setting match='u'><max-queues>x</max-queues></resource-limit-setting></resource-limit-settings> | <max-queues>: expected a whole number up to 2147483647, found 'x'"})
    void saysWhereAndWhat(String content, String complaint) {
        assertThatThrownBy(() -> BrokerXml.parse("broker.xml", inCore(content))).isInstanceOf(ConfigException.class)
            .hasMessageStartingWith("broker.xml:2: " + complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<", "<configuration/>", "<other/>", "<configuration><core/><core/></configuration>", "<configuration><core>&x;</core></configuration>",
        "<!DOCTYPE configuration [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><configuration><core><name>&x;</name></core></configuration>",
        "<configuration><core><name>${test.absent</name></core>"})
    void refusesOtherFiles(String text) {
        assertThatThrownBy(() -> BrokerXml.parse("f.xml", text)).isInstanceOf(ConfigException.class).hasMessageStartingWith("f.xml");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        String text = inCore("<store>" + "<x>".repeat(70) + "</x>".repeat(70) + "</store>");
        assertThatThrownBy(() -> BrokerXml.parse("f.xml", text)).isInstanceOf(ConfigException.class).hasMessageContaining("nested too deeply");
    }

    @Test
    void includesOtherFiles() throws IOException {
        Files.writeString(folder.resolve("security.xml"), "<security-settings xmlns='urn:activemq:core'>\n<security-setting match='${test.absent:a}'>"
            + "<permission type='send' roles='r'/></security-setting></security-settings>");
        Files.writeString(folder.resolve("wrong.xml"), "<addresses>\n\n<address name='a'/></addresses>");
        Path main = folder.resolve("broker.xml");
        String include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='%s'><xi:fallback><name>fallen</name></xi:fallback></xi:include>";
        Files.writeString(main, inCore(String.format(include, "security.xml") + String.format(include, "absent.xml")));
        BrokerConfig config = BrokerXml.read(main).config();
        assertThat(config.securitySettings().grants()).containsKey("a");
        assertThat(config.name()).isEqualTo("fallen");

        Files.writeString(main, inCore(String.format(include, "wrong.xml")));
        assertThatThrownBy(() -> BrokerXml.read(main)).isInstanceOf(ConfigException.class).hasMessageStartingWith("wrong.xml:3: <address>");
        Files.writeString(main, inCore(String.format(include, "broker.xml")));
        assertThatThrownBy(() -> BrokerXml.read(main)).isInstanceOf(ConfigException.class).hasMessageContaining("includes itself");
        Files.writeString(main, inCore(String.format(include, "http://example.org/x.xml")));
        assertThatThrownBy(() -> BrokerXml.read(main)).isInstanceOf(ConfigException.class).hasMessageContaining("only files can be included");
    }

    @Test
    void readsOldForms() {
        BrokerXml.Result result = BrokerXml.parse("b.xml", "<configuration><jms><queue name='old'><selector string='a = 1'/></queue><topic name='t'/></jms>"
            + "<core wild-card-routing-enabled='false'><queues><queue name='q'><address>a</address><durable>false</durable></queue></queues></core></configuration>");
        assertThat(result.config().addresses()).extracting(AddressConfig::name).containsExactly("old", "t", "a");
        assertThat(result.config().wildcards().routingEnabled()).isFalse();
        assertThat(result.warnings()).hasSize(2);
    }

    @Test
    void otherEncodingsAreRead() throws IOException {
        Path file = folder.resolve("broker.xml");
        Files.write(file, ("<?xml version='1.0' encoding='ISO-8859-1'?>" + inCore("<name>Hafén</name>")).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(BrokerXml.read(file).config().name()).isEqualTo("Hafén");
        Files.write(file, ("\uFEFF" + inCore("<name>日</name>")).getBytes(StandardCharsets.UTF_8));
        assertThat(BrokerXml.read(file).config().name()).isEqualTo("日");
        Files.write(file, inCore("<name>Hafén</name>").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> BrokerXml.read(file)).isInstanceOf(ConfigException.class).hasMessageContaining("can't be read as text");
        assertThatThrownBy(() -> BrokerXml.read(folder.resolve("absent.xml"))).isInstanceOf(ConfigException.class).hasMessageContaining("there is no file");
    }
}
