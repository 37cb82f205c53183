package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUrlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tcp://h:1|tcp h 1",
        "h|tcp h 61616",
        "amqps://h|amqps h 61616",
        "tcp://[::1]:5|tcp ::1 5",
        "tcp://h:1/?a=b|tcp h 1",
    })
    void readsOneServer(String text, String expected) throws CliException {
        BrokerUrl.Server server = BrokerUrl.parse(text).servers().get(0);
        assertThat(server.scheme() + " " + server.host() + " " + server.port()).isEqualTo(expected);
    }

    @Test
    void readsSeveralServersAndParameters() throws CliException {
        BrokerUrl url = BrokerUrl.parse("(tcp://a:1?x=%3B,tcp://b:2)?ha=true;y=2&z=3");
        assertThat(url.servers()).extracting(BrokerUrl.Server::host).containsExactly("a", "b");
        assertThat(url.parameters()).containsEntry("x", ";").containsEntry("ha", "true").containsEntry("y", "2").containsEntry("z", "3");
        assertThat(BrokerUrl.parse("tcp://a:1,b:2").servers()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://:1", "tcp://h:x", "(tcp://h:1", "tcp://"})
    void refusesWhatLeadsNowhere(String text) {
        assertThatThrownBy(() -> BrokerUrl.parse(text)).isInstanceOf(CliException.class).hasMessageStartingWith("Invalid URL '" + text + "'");
    }

    @Test
    void translatesForTheAmqpClient() throws CliException {
        assertThat(BrokerUrl.parse("tcp://h:1?confirmationWindowSize=3").forAmqp()).isEqualTo("amqp://h:1");
        assertThat(BrokerUrl.parse("(tcp://a:1,tcp://b:2)?jms.prefetchPolicy.all=5").forAmqp())
                .isEqualTo("failover:(amqp://a:1,amqp://b:2)?jms.prefetchPolicy.all=5");
        assertThat(BrokerUrl.parse("tcp://h:1?sslEnabled=true;trustStorePath=/a b").forAmqp()).isEqualTo("amqps://h:1?transport.trustStoreLocation=%2Fa+b");
    }

    @Test
    void isTakenFromTheAcceptor() {
        BrokerConfig config = BrokerXml.parse("broker.xml", """
                <configuration xmlns="urn:activemq"><core xmlns="urn:activemq:core">
                  <connectors><connector name="other">tcp://o:3</connector></connectors>
                  <acceptors>
                    <acceptor name="artemis">tcp://0.0.0.0:61617?protocols=CORE</acceptor>
                    <acceptor name="safe">tcp://h:5?sslEnabled=true;keyStorePath=k;keyStorePassword=p</acceptor>
                  </acceptors>
                </core></configuration>""").config();
        assertThat(LocalBroker.url(config, "artemis")).contains("tcp://localhost:61617");
        assertThat(LocalBroker.url(config, "other")).contains("tcp://o:3");
        assertThat(LocalBroker.url(config, "none")).isEmpty();
        assertThat(LocalBroker.url(config, "safe")).hasValueSatisfying(url -> assertThat(url).startsWith("tcp://h:5?sslEnabled=true;")
                .contains("trustStorePath=k", "trustStorePassword=p"));
    }

    @Test
    void placesHaveKindsAndParts() throws CliException {
        assertThat(Place.parse("queue://a")).isEqualTo(new Place("a", false));
        assertThat(Place.parse("topic://a")).isEqualTo(new Place("a", true));
        assertThat(Place.parse("a::b").address()).isEqualTo("a");
        assertThat(Place.parse("a::b").queue()).isEqualTo("b");
        assertThatThrownBy(() -> Place.parse("queue://")).isInstanceOf(CliException.class);
    }
}
