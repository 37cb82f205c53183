package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes an instance of HiveMQ's community edition: its defaults, a user, and no bound at which it would drop messages. */
final class HiveMq {
    private HiveMq() { }

    /** @param home what {@code distribution/src/bench/hivemq} was built to: classes, and the path of all others */
    static BrokerProcess create(Path home, Path instance, String memory) throws IOException {
        Path conf = Files.createDirectories(instance.resolve("conf"));
        Files.createDirectories(instance.resolve("data"));
        Files.createDirectories(instance.resolve("extensions"));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + memory));
        for (String each : List.of("java.base/java.lang", "java.base/java.nio", "java.base/sun.nio.ch",
                "jdk.management/com.sun.management.internal")) {
            command.addAll(List.of("--add-opens", each + "=ALL-UNNAMED"));
        }
        command.addAll(List.of("-cp", home.resolve("classes") + ":" + Files.readString(home.resolve("class-path")).strip(), "HiveMqMain",
                instance.toAbsolutePath().toString(), BrokerProcess.USER, BrokerProcess.PASSWORD));
        BrokerProcess broker = BrokerProcess.of(instance, command, "HiveMqMain is up");
        Files.writeString(conf.resolve("config.xml"), """
                <?xml version="1.0"?>
                <hivemq>
                    <listeners>
                        <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                    </listeners>
                    <mqtt>
                        <queued-messages><max-queue-size>1000000</max-queue-size></queued-messages>
                        <receive-maximum><server-receive-maximum>65535</server-receive-maximum></receive-maximum>
                    </mqtt>
                    <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(broker.port()));
        return broker;
    }
}
