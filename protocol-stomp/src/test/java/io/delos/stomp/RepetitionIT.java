package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are delivered more than once, by the headers that ActiveMQ has for it. */
class RepetitionIT {

    @TempDir
    static Path directory;

    @Test
    void messagesAreRepeatedByHeaders() throws Exception {
        try (TestServer server = TestServer.start(directory, config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?anycastPrefix=/queue/"))));
             RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:/queue/again", "id:s");
            client.send("SEND", "again", "destination:/queue/again", "AMQ_SCHEDULED_DELAY:10", "AMQ_SCHEDULED_PERIOD:10", "AMQ_SCHEDULED_REPEAT:2",
                    "own:kept");
            Set<String> jobs = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                RawClient.Reply message = client.expect("MESSAGE");
                assertThat(message.text()).isEqualTo("again");
                assertThat(message.header("own")).isEqualTo("kept");
                assertThat(message.has("_AMQ_SCHED_OCCASION")).isFalse();
                jobs.add(message.header("scheduledJobId"));
            }
            assertThat(jobs).hasSize(1);
            client.send("SEND", "end", "destination:/queue/again", "AMQ_SCHEDULED_DELAY:50");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("end");
            client.send("SEND", "never", "destination:/queue/again", "AMQ_SCHEDULED_CRON:hourly");
            assertThat(client.expect("ERROR").text()).contains("AMQ_SCHEDULED_CRON");
        }
    }
}
