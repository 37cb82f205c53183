package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptorConfigTest {
    record Options(@Setting(name = "credits", value = "5", check = Check.POSITIVE, text = "for a test") int credits) {
    }

    @Test
    void readsTheUrl() {
        AcceptorConfig acceptor = AcceptorConfig.of("main",
            "tcp://h1, h2:5000?protocols=CORE,AMQP;tcpNoDelay=false&anycastPrefix=q.,jms.queue.;virtual=a%3E%3B2+b;credits=7;"
                + "webSocketEncoderType=text;stompMaxFramePayloadLength=10K;sslEnabled=true;keyStorePassword=p;needClientAuth=true");
        assertThat(acceptor.hosts()).containsExactly("h1", "h2");
        assertThat(acceptor.port()).isEqualTo(5000);
        assertThat(acceptor.protocols()).containsExactly("CORE", "AMQP");
        assertThat(acceptor.parameters()).containsEntry("virtual", "a>;2 b");
        TransportOptions transport = acceptor.transport();
        assertThat(transport.socket().tcpNoDelay()).isFalse();
        assertThat(transport.socket().tcpSendBufferSize()).isEqualTo(1 << 20);
        assertThat(transport.naming().anycastPrefixes()).containsExactly("q.", "jms.queue.");
        assertThat(transport.webSocket().encoderType()).isEqualTo(TransportOptions.FrameType.TEXT);
        assertThat(transport.webSocket().maxFramePayloadLength()).isEqualTo(10240);
        assertThat(acceptor.tls().enabled()).isTrue();
        assertThat(acceptor.tls().keyStore().keyPassword()).isEqualTo("p");
        assertThat(acceptor.tls().peer().needClientAuth()).isTrue();
        assertThat(acceptor.options(Options.class)).isEqualTo(new Options(7));
    }

    @ParameterizedTest
    @CsvSource({"tcp://localhost,localhost,61616", "tcp://:1,localhost,1", "tcp://[::1]:7,::1,7", "tcp://[::1],::1,61616",
        "tcp://0.0.0.0:0/,0.0.0.0,0", "tcp://h:1?,h,1", "tcp://h:1#x,h,1"})
    void hostAndPort(String url, String host, int port) {
        AcceptorConfig acceptor = AcceptorConfig.of("a", url);
        assertThat(acceptor.hosts()).containsExactly(host);
        assertThat(acceptor.port()).isEqualTo(port);
        assertThat(acceptor.protocols()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"localhost:1,'a URL such as'", "udp://h:1,scheme tcp or vm", "tcp://h:99999,a port from 0 to 65535", "tcp://h:x,a port",
        "tcp://a:1,b:2,hosts separated by commas", "tcp://h:1?tcpNoDelay,key=value", "tcp://h:1?x=%zz,%XX",
        "tcp://h:1?tcpNoDelay=maybe,tcpNoDelay: expected true or false", "tcp://h:1?sslHandshakeTimeout=-1,sslHandshakeTimeout: expected",
        "tcp://h:1?backlog=lots,backlog: expected"})
    void refusesOtherUrls(String url, String expectation) {
        String asked = url.equals("tcp://a:1") ? "tcp://a:1,b:2" : url;
        String expected = url.equals("tcp://a:1") ? "hosts separated by commas" : expectation;
        assertThatThrownBy(() -> AcceptorConfig.of("a", asked)).isInstanceOf(ConfigException.class)
            .hasMessageContaining("acceptor a").hasMessageContaining(expected);
    }

    @Test
    void aProtocolsOptionIsCheckedWhenItAsks() {
        AcceptorConfig acceptor = AcceptorConfig.of("a", "tcp://h:1?credits=0");
        assertThatThrownBy(() -> acceptor.options(Options.class)).isInstanceOf(ConfigException.class)
            .hasMessage("acceptor a, credits: expected a number above 0, found '0'");
        assertThat(acceptor.with("credits", "2").options(Options.class).credits()).isEqualTo(2);
    }

    @Test
    void aConnectorHasOneHost() {
        ConnectorConfig connector = ConnectorConfig.of("c", "tcp://h:7?credits=3");
        assertThat(connector.host()).isEqualTo("h");
        assertThat(connector.options(Options.class).credits()).isEqualTo(3);
        assertThatThrownBy(() -> ConnectorConfig.of("c", "tcp://h,i:7")).isInstanceOf(ConfigException.class);
    }
}
