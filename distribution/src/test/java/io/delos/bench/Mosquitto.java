package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes an instance of Mosquitto: persistence as Debian ships it, a user, and no bound at which it would drop messages. */
final class Mosquitto {
    private Mosquitto() { }

    /** @param program the broker's program */
    static BrokerProcess create(Path program, Path instance) throws IOException {
        Path data = Files.createDirectories(instance.resolve("data"));
        Path conf = instance.resolve("mosquitto.conf");
        Path users = instance.resolve("users");
        BrokerProcess broker = BrokerProcess.of(instance, List.of(program.toString(), "-c", conf.toString()), " running");
        // As root it would become another user, who may not write here.
        Files.writeString(conf, """
                user %s
                listener %d 127.0.0.1
                allow_anonymous false
                password_file %s
                persistence true
                persistence_location %s/
                max_inflight_messages 0
                max_queued_messages 0
                connection_messages false
                log_dest stderr
                """.formatted(System.getProperty("user.name"), broker.port(), users, data));
        password(users);
        return broker;
    }

    private static void password(Path users) throws IOException {
        Process process = new ProcessBuilder("mosquitto_passwd", "-b", "-c", users.toString(), BrokerProcess.USER, BrokerProcess.PASSWORD)
                .inheritIO().start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("mosquitto_passwd failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
