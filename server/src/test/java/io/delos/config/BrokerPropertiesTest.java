package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerPropertiesTest {
    @TempDir Path folder;

    private BrokerXml.Result read(String... entries) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            map.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        Path file = folder.resolve("broker.xml");
        Files.writeString(file, BrokerXmlTest.inCore("<name>a</name><acceptors><acceptor name='x'>tcp://h:1?k=1</acceptor></acceptors>"));
        return BrokerXml.read(file, List.of(PropertySource.of("test", map)));
    }

    @Test
    void singleValuesByTheirBeanNames() throws IOException {
        BrokerConfig config = read("name=b", "globalMaxSize=3M", "IDCacheSize=5", "connectionTTLOverride=1K", "persistIDCache=false",
            "JMXDomain=d", "journalBufferTimeout_NIO=7", "metricsConfiguration.jvmGc=true").config();
        assertThat(config.name()).isEqualTo("b");
        assertThat(config.memory().globalMaxSize()).isEqualTo(3 << 20);
        assertThat(config.memory().idCacheSize()).isEqualTo(5);
        assertThat(config.memory().persistIdCache()).isFalse();
        assertThat(config.timing().connectionTtlOverride()).isEqualTo(1024);
        assertThat(config.management().jmxDomain()).isEqualTo("d");
        assertThat(config.metrics().jvmGc()).isTrue();
    }

    @Test
    void collectionsByName() throws IOException {
        BrokerConfig config = read("addressSettings.\"a.#\".maxSizeMessages=10", "addressSettings.\"a.#\".addressFullMessagePolicy=FAIL",
            "addressesSettings.b.sendToDLAOnNoRoute=true", "addressConfigurations.x.routingTypes=ANYCAST,MULTICAST",
            "addressConfigurations.x.queueConfigs.q.routingType=ANYCAST", "addressConfigurations.x.queueConfigs.q.filterString=a = 1",
            "addressConfigurations.x.queueConfigs.q.ringSize=1K", "securityRoles.\"a.#\".r.send=true", "securityRoles.\"a.#\".s.send=true",
            "securityRoles.\"a.#\".s.send=false", "acceptorConfigurations.x.params.k=2", "acceptorConfigurations.x.params.port=9",
            "acceptorConfigurations.y.factoryClassName=f", "acceptorConfigurations.y.extraParams.z=1", "connectorConfigurations.c.params.host=there",
            "divertConfigurations.d.address=a", "divertConfigurations.d.forwardingAddress=b", "divertConfigurations.d.exclusive=true",
            "divertConfigurations.d.transformerConfiguration=x.Y.class", "divertConfigurations.d.transformerConfiguration.properties.k=v",
            "resourceLimitSettings.joe.maxSessions=3", "connectorConfigurations.me.params.host=here", "clusterConfigurations.m.staticConnectors=c",
            "clusterConfigurations.m.connectorName=me").config();
        AddressSettings settings = config.addressSettings().resolve("a.b");
        assertThat(settings.limits().maxSizeMessages()).isEqualTo(10);
        assertThat(settings.limits().addressFullPolicy()).isEqualTo(FullPolicy.FAIL);
        assertThat(config.addressSettings().resolve("b").deadLetters().sendOnNoRoute()).isTrue();
        AddressConfig address = config.addresses().get(0);
        assertThat(address.routingTypes()).hasSize(2);
        QueueConfig queue = address.queues().get(0).resolve(AddressSettings.DEFAULT, Origin.CONFIGURED);
        assertThat(queue).isEqualTo(QueueConfig.of("q", "x", RoutingType.ANYCAST).with("filter", "a = 1").with("ring-size", 1024));
        assertThat(config.securitySettings().grants().get("a.#")).isEqualTo(Map.of(Permission.SEND, Set.of("r")));
        assertThat(config.acceptors()).extracting(AcceptorConfig::name).containsExactly("x", "y");
        assertThat(config.acceptors().get(0).parameters()).containsEntry("k", "2");
        assertThat(config.acceptors().get(0).port()).isEqualTo(9);
        assertThat(config.connectors().get(0).host()).isEqualTo("there");
        assertThat(config.members("m")).extracting(ConnectorConfig::host).containsExactly("here", "there");
        assertThat(config.diverts()).containsExactly(new DivertConfig("d", "d", "a", "b", true, "", DivertRouting.STRIP,
            new DivertConfig.Transformer("x.Y", Map.of("k", "v"))));
        assertThat(config.resourceLimits().get("joe").maxSessions()).isEqualTo(3);
    }

    @Test
    void aDashRemoves() throws IOException {
        assertThat(read("acceptorConfigurations.x=-").config().acceptors()).isEmpty();
        assertThat(read("acceptorConfigurations=-").config().acceptors()).isEmpty();
        assertThat(read("remove.value=GONE", "acceptorConfigurations.x=GONE").config().acceptors()).isEmpty();
        assertThat(read("key.surround=@", "addressSettings.@a.b@.expiryDelay=4").config().addressSettings().resolve("a.b").expiry().delay())
            .isEqualTo(4);
    }

    @Test
    void oneBadEntryDoesNotStopTheOthers() throws IOException {
        BrokerXml.Result result = read("noSuchThing=1", "globalMaxSize=much", "literalMatchMarkers=abc", "bridgeConfigurations.b.queueName=q",
            "addressSettings.a=1", "addressSettings.a.colour=red", "securityRoles.a.r.fly=true", "acceptorConfigurations.x.colour=red",
            "acceptorConfigurations.x.params.tcpNoDelay=x", "divertConfigurations.d.colour=red", "name=good");
        assertThat(result.config().name()).isEqualTo("good");
        assertThat(result.sources()).hasSize(2);
        assertThat(result.sources().get(0).rejected()).hasSize(10);
        assertThat(result.sources().get(0).rejected().get(1)).isEqualTo(new BrokerXml.Rejected("globalMaxSize=much",
            "global-max-size: expected -1 or a number above 0, with an optional unit K, M or G, found 'much'"));
        assertThat(result.warnings()).hasSize(10).allMatch(warning -> warning.startsWith("test: "));
    }

    @Test
    void filesAndFolders() throws IOException {
        Path dir = Files.createDirectory(folder.resolve("conf"));
        Files.writeString(dir.resolve("a.properties"), "name = one\n# comment\nmaxDiskUsage=3\n");
        Files.writeString(dir.resolve("b.json"), "{\"name\":\"two\",\"addressSettings\":{\"a.b\":{\"expiryDelay\":7}}}");
        Files.writeString(dir.resolve("c.txt"), "name=three");
        Files.writeString(dir.resolve("d.json"), "{");
        List<PropertySource> sources = PropertyFiles.load(dir + "/, " + dir.resolve("c.txt") + "," + folder.resolve("absent.properties"));
        assertThat(sources).extracting(PropertySource::name).containsExactly("a.properties", "b.json", "d.json", "c.txt", "absent.properties");
        assertThat(sources.get(0).entries()).containsExactly(Map.entry("name", "one"), Map.entry("maxDiskUsage", "3"));
        assertThat(sources.get(1).entries()).containsEntry("addressSettings.\"a.b\".expiryDelay", "7");
        assertThat(sources.get(2).loadError()).contains("not well-formed JSON");
        assertThat(sources.get(4).loadError()).isNotEmpty();
        assertThat(sources.get(0).fileChecksum()).isNotZero();
        assertThat(PropertyFiles.load(dir + "/?filter=.*txt")).extracting(PropertySource::name).containsExactly("c.txt");
        assertThat(PropertySource.of("x", Map.of()).checksum()).isEqualTo(1);
    }
}
