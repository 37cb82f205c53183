package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.core.AnswerPacket.Done;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.MessagePacket.ProducerCredits;
import io.delos.core.MessagePacket.RequestCredits;
import io.delos.core.QueuePacket.CreateQueue;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CORE producers are told of full addresses (CORE document, section 12). */
@Timeout(120)
class CoreLimitsIT {

    private static final long CHANNEL = 10;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config
            .withAddressSettings("fail.#", Map.of("max-size-messages", "2", "address-full-policy", "FAIL"))
            .withAddressSettings("block.#", Map.of("max-size-bytes", "20000", "address-full-policy", "BLOCK")));

    private static void fill(String queue, String text, int count) throws JMSException {
        try (Connection connection = SERVER.connect(""); Session session = connection.createSession()) {
            for (int i = 0; i < count; i++) {
                session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
            }
        }
    }

    private static RawConnection session() throws Exception {
        RawConnection wire = new RawConnection(SERVER.port());
        wire.speak(Version.CURRENT);
        wire.send(1, new CreateSession(UUID.randomUUID().toString(), CHANNEL, Version.CURRENT, Optional.empty(), Optional.empty(), 1000,
                false, true, true, -1, false, Optional.empty(), true, Optional.empty()));
        wire.claim(SessionCreated.class);
        return wire;
    }

    private static void declare(RawConnection wire, String name) throws Exception {
        wire.send(CHANNEL, new CreateQueue(name, name, Optional.empty(), true, false, true, false, QueuePacket.ANYCAST, -1, false,
                QueueAttributes.NONE));
        wire.claim(Done.class);
    }

    @Test
    void creditForAnAddressThatFailsIsRefusedWithTheSameNumber() throws Exception {
        try (RawConnection wire = session()) {
            declare(wire, "fail.wire");
            wire.send(CHANNEL, new RequestCredits(3000, "fail.wire"));
            assertThat(wire.claim(ProducerCredits.class)).isEqualTo(new ProducerCredits(true, 3000, "fail.wire"));
            fill("fail.wire", "x", 2);
            wire.send(CHANNEL, new RequestCredits(4000, "fail.wire"));
            assertThat(wire.claim(ProducerCredits.class)).isEqualTo(new ProducerCredits(false, 4000, "fail.wire"));
        }
    }

    @Test
    void creditForABlockedAddressComesWhenThereIsRoomAndOthersGetTheirsMeanwhile() throws Exception {
        try (RawConnection wire = session()) {
            declare(wire, "block.wire");
            fill("block.wire", "x".repeat(6_000), 2);
            wire.send(CHANNEL, new RequestCredits(3000, "block.wire"));
            wire.send(CHANNEL, new RequestCredits(4000, "other"));
            assertThat(wire.claim(ProducerCredits.class)).isEqualTo(new ProducerCredits(true, 4000, "other"));
            try (Connection connection = SERVER.connect(""); Session session = connection.createSession()) {
                connection.start();
                MessageConsumer consumer = session.createConsumer(session.createQueue("block.wire"));
                assertThat(consumer.receive(10_000)).isNotNull();
                assertThat(consumer.receive(10_000)).isNotNull();
            }
            assertThat(wire.claim(ProducerCredits.class)).isEqualTo(new ProducerCredits(true, 3000, "block.wire"));
        }
    }

    @Test
    void aTransactionLargerThanABlockedAddressIsCommitted() throws Exception {
        try (Connection connection = SERVER.connect("producerWindowSize=10000"); Session session = connection.createSession(true, 0)) {
            connection.start();
            Queue queue = session.createQueue("block.transaction");
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 10; i++) {
                producer.send(session.createTextMessage("x".repeat(5_000)));
            }
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 10; i++) {
                Message message = consumer.receive(10_000);
                assertThat(message).as("message %d", i).isNotNull();
            }
            session.commit();
        }
    }

    @Test
    void aTransactionThatExceedsALimitThatFailsLeavesNothing() throws Exception {
        try (Connection connection = SERVER.connect(""); Session session = connection.createSession(true, 0)) {
            MessageProducer producer = session.createProducer(session.createQueue("fail.transaction"));
            assertThatThrownBy(() -> {
                for (int i = 0; i < 5; i++) {
                    producer.send(session.createTextMessage("x"));
                }
                session.commit();
            }).isInstanceOf(JMSException.class).hasMessageContaining("full");
        }
        assertThat(SERVER.server().broker().findQueue("fail.transaction").orElseThrow().counters().messages()).isZero();
    }
}
