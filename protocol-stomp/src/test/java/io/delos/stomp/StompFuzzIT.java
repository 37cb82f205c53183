package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.Damage;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound conversations with damage in them: each is answered in whole frames, or not at all, and the broker goes on serving others.
 * {@code -Ddelos.fuzz.conversations} has more of them, {@code -Ddelos.fuzz.seed} others.
 */
class StompFuzzIT {

    private static final int CONVERSATIONS = Integer.getInteger("delos.fuzz.conversations", 500);
    private static final long SEED = Long.getLong("delos.fuzz.seed", 20);
    private static final Set<String> ANSWERS = Set.of("CONNECTED", "MESSAGE", "RECEIPT", "ERROR");
    private static final Pattern LENGTH = Pattern.compile("\ncontent-length:(\\d+)\n");

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A little of everything. */
    private static List<byte[]> corpus(String version) {
        return List.of("CONNECT\naccept-version:" + version + "\nhost:x\nheart-beat:0,0\nlogin:u\npasscode:p\nclient-id:fuzz\n\n\0",
                "SUBSCRIBE\nid:1\ndestination:fuzz\nack:client\nreceipt:s\nselector:k = 'v' OR k IS NULL\n\n\0",
                "SUBSCRIBE\nid:2\ndestination:fuzz.topic\nsubscription-type:MULTICAST\nno-local:true\n\n\0",
                "SUBSCRIBE\nid:3\ndestination:fuzz\nbrowser:true\n\n\0", "SUBSCRIBE\nid:4\ndestination:/temp-queue/t\nack:client-individual\n\n\0",
                "SEND\ndestination:fuzz\nk:v\nreceipt:a\ncontent-type:text/plain\n\ntext\0\n", "SEND\ndestination:fuzz\ncontent-length:5\n\n\0\1\2\3\0\0",
                "BEGIN\ntransaction:t\n\n\0", "SEND\ndestination:fuzz\ntransaction:t\npriority:7\npersistent:true\nexpires:9999999999999\n\nin\0",
                "ACK\nid:0,1\nmessage-id:0,1\nsubscription:1\ntransaction:t\n\n\0", "COMMIT\ntransaction:t\nreceipt:c\n\n\0",
                "SEND\ndestination:fuzz.topic\nreply-to:/temp-queue/t\na\\nb:c\\\\d\n\n\0", "BEGIN\ntransaction:u\nreceipt:u\n\n\0", "ABORT\ntransaction:u\n\n\0",
                "UNSUBSCRIBE\nid:2\nreceipt:x\n\n\0", "\n\n\r\n", "DISCONNECT\nreceipt:bye\n\n\0").stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Test
    void damagedConversationsHurtNobodyElse() throws IOException {
        Random random = new Random(SEED);
        Damage damage = new Damage(random, "\0\n\r:\\,;0-".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < CONVERSATIONS; i++) {
            byte[] bytes = damage.of(corpus(List.of("1.0", "1.1", "1.2", "1.0,1.1,1.2").get(random.nextInt(4))));
            checkAnswer(Damage.answer(server.port(), bytes), i);
        }
        try (RawClient client = RawClient.connected(server.port(), "1.2")) {
            client.sendAndWait("SUBSCRIBE", "", "destination:well", "id:s");
            client.send("SEND", "x", "destination:well");
            assertThat(client.expect("MESSAGE").text()).isEqualTo("x");
            Awaitility.await().until(() -> server.broker().clients().all().size() <= 1);
        }
    }

    /** All of it can be read, and nothing follows an ERROR that ends it. */
    private static void checkAnswer(byte[] answer, int conversation) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '\n') {
                at++;
                continue;
            }
            int body = text.indexOf("\n\n", at) + 2;
            assertThat(body).as("the end of headers in conversation %d of seed %d: %s", conversation, SEED, text).isGreaterThan(1);
            String head = text.substring(at, body);
            assertThat(head.substring(0, head.indexOf('\n'))).as("conversation %d of seed %d", conversation, SEED).isIn(ANSWERS);
            Matcher length = LENGTH.matcher(head);
            int end = length.find() ? body + Integer.parseInt(length.group(1)) : text.indexOf('\0', body);
            assertThat(end).as("the end of a body in conversation %d of seed %d: %s", conversation, SEED, text).isBetween(body, text.length() - 1);
            assertThat(text.charAt(end)).isEqualTo('\0');
            at = end + 1;
        }
    }
}
