package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import io.delos.server.TestServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enhanced authentication with a client people use. */
class EnhancedClientIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EnhancedAuthIT.server(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** SCRAM as an application would add it. */
    private static final class Scram implements Mqtt5EnhancedAuthMechanism {
        private final String password;
        private ScramText text;
        private int proved;

        Scram(String password) {
            this.password = password;
        }

        @Override
        public MqttUtf8String getMethod() {
            return MqttUtf8String.of("SCRAM-SHA-256");
        }

        @Override
        public int getTimeout() {
            return 20;
        }

        @Override
        public CompletableFuture<Void> onAuth(Mqtt5ClientConfig config, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder builder) {
            text = new ScramText("anna", password);
            builder.data(text.first());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig config, Mqtt5AuthBuilder builder) {
            text = new ScramText("anna", password);
            builder.data(text.first());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Boolean> onContinue(Mqtt5ClientConfig config, Mqtt5Auth auth, Mqtt5AuthBuilder builder) {
            try {
                builder.data(text.last(bytes(auth.getData())));
                return CompletableFuture.completedFuture(true);
            } catch (GeneralSecurityException impossible) {
                return CompletableFuture.failedFuture(impossible);
            }
        }

        @Override
        public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
            return proved(connAck.getEnhancedAuth().flatMap(Mqtt5EnhancedAuth::getData));
        }

        @Override
        public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig config, Mqtt5Auth auth) {
            return proved(auth.getData());
        }

        private CompletableFuture<Boolean> proved(Optional<ByteBuffer> data) {
            boolean right = new String(bytes(data), StandardCharsets.UTF_8).equals(text.signature());
            proved += right ? 1 : 0;
            return CompletableFuture.completedFuture(right);
        }

        private static byte[] bytes(Optional<ByteBuffer> data) {
            ByteBuffer buffer = data.orElseThrow().duplicate();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }

        @Override
        public void onAuthRejected(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
        }

        @Override
        public void onReAuthRejected(Mqtt5ClientConfig config, Mqtt5Disconnect disconnect) {
        }

        @Override
        public void onAuthError(Mqtt5ClientConfig config, Throwable cause) {
        }

        @Override
        public void onReAuthError(Mqtt5ClientConfig config, Throwable cause) {
        }
    }

    private static Mqtt5BlockingClient client(Scram scram) {
        return MqttClient.builder().useMqttVersion5().identifier("hive-scram").serverHost("127.0.0.1").serverPort(server.port())
                .enhancedAuth(scram).buildBlocking();
    }

    @Test
    void bothSidesProveThemselvesTwice() {
        Scram scram = new Scram("secret");
        Mqtt5BlockingClient client = client(scram);
        client.connect();
        client.reauth();
        assertThat(scram.proved).isEqualTo(2);
        client.disconnect();
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> client(new Scram("wrong")).connect()).isInstanceOfSatisfying(Mqtt5ConnAckException.class,
                refused -> assertThat(refused.getMqttMessage().getReasonCode().getCode()).isEqualTo(0x87));
    }
}
