import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Runs HiveMQ's community edition in a process of its own: in the directory given first, for the user and password given then. */
public final class HiveMqMain {
    private HiveMqMain() { }

    public static void main(String[] args) throws InterruptedException {
        Path instance = Path.of(args[0]);
        EmbeddedExtension login = EmbeddedExtension.builder().withId("login").withName("login").withVersion("1").withAuthor("bench")
                .withPriority(0).withStartPriority(1000).withExtensionMain(new Login(args[1], args[2])).build();
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder().withConfigurationFolder(instance.resolve("conf"))
                .withDataFolder(instance.resolve("data")).withExtensionsFolder(instance.resolve("extensions"))
                .withEmbeddedExtension(login).build();
        broker.start().join();
        System.out.println("HiveMqMain is up");
        Thread.currentThread().join();
    }

    /** Lets one user in. */
    private record Login(String user, String password) implements ExtensionMain {
        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            ByteBuffer expected = ByteBuffer.wrap(password.getBytes(StandardCharsets.UTF_8));
            SimpleAuthenticator authenticator = (in, out) -> {
                if (in.getConnectPacket().getUserName().equals(java.util.Optional.of(user))
                        && in.getConnectPacket().getPassword().equals(java.util.Optional.of(expected))) {
                    out.authenticateSuccessfully();
                } else {
                    out.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED);
                }
            };
            Services.securityRegistry().setAuthenticatorProvider(in -> authenticator);
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) { }
    }
}
