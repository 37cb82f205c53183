package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A broker is killed with SIGKILL, or stopped, and started again: at each step of a distributed transaction, and in the midst of what clients send
 * that reconnect for ever. {@code -Ddelos.outage=all} takes every step, else three.
 */
class OutageIT {
    private static final int COINS = 12;

    private final List<Stream> streams = new ArrayList<>();
    private BrokerProcess broker;

    /** The steps of a transfer behind which the broker may end. */
    private enum Step { STARTED, WORKED, FIRST_PREPARED, PREPARED, DECIDED, FIRST_COMMITTED, COMMITTED }

    private record Name(String transfer, String part) implements Xid {
        @Override
        public int getFormatId() {
            return 71;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return transfer.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return part.getBytes(StandardCharsets.UTF_8);
        }
    }

    @AfterEach
    void leaveNothingBehind() {
        streams.forEach(Stream::close);
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void nothingIsLostOrDoubled() throws Exception {
        Path instance = Distribution.work().resolve("outage");
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        broker = BrokerProcess.create(Distribution.home(), instance, "--no-autotune", "--nio", "--java-memory", "512M");
        broker.start();
        fill();
        streams.add(new Stream(reconnecting(""), "one by one", 0));
        streams.add(new Stream(reconnecting("&confirmationWindowSize=1048576"), "one by one, confirmed", 0));
        streams.add(new Stream(reconnecting(""), "transacted", 10));
        streams.add(new Stream(reconnecting("&confirmationWindowSize=1048576"), "transacted, confirmed", 10));
        for (Step last : steps()) {
            List<Integer> before = streams.stream().map(Stream::sent).toList();
            await().atMost(Duration.ofSeconds(60)).until(() -> movedOn(before));
            boolean decided;
            // its connections are not closed before the broker has ended
            try (ActiveMQXAConnectionFactory manager = new ActiveMQXAConnectionFactory(uri())) {
                decided = transfer(manager, last);
                if (last.ordinal() % 3 == 1) {
                    broker.stop();
                } else {
                    broker.kill();
                }
            }
            broker.start();
            recover(decided);
        }
        for (Stream stream : streams) {
            stream.finish();
            assertThat(drained(stream.queue())).as(stream.queue()).isEqualTo(
                    IntStream.range(0, stream.sent()).mapToObj(Integer::toString).toList());
        }
        List<String> coins = new ArrayList<>(drained("left"));
        coins.addAll(drained("right"));
        assertThat(coins).hasSize(COINS).doesNotHaveDuplicates();
    }

    private static Set<Step> steps() {
        return System.getProperty("delos.outage", "").equals("all") ? EnumSet.allOf(Step.class)
                : EnumSet.of(Step.FIRST_PREPARED, Step.DECIDED, Step.FIRST_COMMITTED);
    }

    private boolean movedOn(List<Integer> before) {
        return IntStream.range(0, streams.size()).allMatch(i -> streams.get(i).sent() > before.get(i));
    }

    private String uri() {
        return "tcp://127.0.0.1:" + broker.port() + "?useTopologyForLoadBalancing=false&callTimeout=10000";
    }

    private ActiveMQConnectionFactory reconnecting(String parameters) {
        return new ActiveMQConnectionFactory(uri() + "&reconnectAttempts=-1&retryInterval=100" + parameters, BrokerProcess.USER,
                BrokerProcess.PASSWORD);
    }

    private void fill() {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(uri());
                JMSContext context = factory.createContext(BrokerProcess.USER, BrokerProcess.PASSWORD)) {
            for (int i = 0; i < COINS; i++) {
                context.createProducer().send(context.createQueue("left"), "coin " + i);
            }
        }
    }

    private List<String> drained(String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(uri());
                JMSContext context = factory.createContext(BrokerProcess.USER, BrokerProcess.PASSWORD)) {
            var consumer = context.createConsumer(context.createQueue(queue));
            for (Message next = consumer.receive(500); next != null; next = consumer.receive(500)) {
                texts.add(((TextMessage) next).getText());
            }
        }
        return texts;
    }

    /** Moves a coin, up to a step; answers what was decided. */
    private boolean transfer(ActiveMQXAConnectionFactory manager, Step last) throws Exception {
        Name from = new Name(last.name(), "from");
        Name to = new Name(last.name(), "to");
        XAConnection connection = manager.createXAConnection(BrokerProcess.USER, BrokerProcess.PASSWORD);
        connection.start();
        XASession taking = connection.createXASession();
        XASession giving = connection.createXASession();
        MessageConsumer consumer = taking.createConsumer(taking.createQueue("left"));
        MessageProducer producer = giving.createProducer(giving.createQueue("right"));
        XAResource first = taking.getXAResource();
        XAResource second = giving.getXAResource();
        first.start(from, XAResource.TMNOFLAGS);
        second.start(to, XAResource.TMNOFLAGS);
        if (last == Step.STARTED) {
            return false;
        }
        Message coin = consumer.receive(10_000);
        assertThat(coin).isNotNull();
        producer.send(coin);
        first.end(from, XAResource.TMSUCCESS);
        second.end(to, XAResource.TMSUCCESS);
        List<Runnable> rest = List.of(() -> { }, () -> prepare(first, from), () -> prepare(second, to), () -> { }, () -> commit(first, from),
                () -> commit(second, to));
        rest.subList(0, last.ordinal()).forEach(Runnable::run);
        return last.compareTo(Step.DECIDED) >= 0;
    }

    private static void prepare(XAResource resource, Xid xid) {
        try {
            resource.prepare(xid);
        } catch (XAException e) {
            throw new AssertionError("prepare: " + e.errorCode, e);
        }
    }

    private static void commit(XAResource resource, Xid xid) {
        try {
            resource.commit(xid, false);
        } catch (XAException e) {
            throw new AssertionError("commit: " + e.errorCode, e);
        }
    }

    /** What waits is decided as the transfer was. */
    private void recover(boolean decided) throws Exception {
        try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(uri());
                XAConnection connection = factory.createXAConnection(BrokerProcess.USER, BrokerProcess.PASSWORD)) {
            XAResource resource = connection.createXASession().getXAResource();
            for (Xid waiting : resource.recover(XAResource.TMSTARTRSCAN)) {
                if (decided) {
                    resource.commit(waiting, false);
                } else {
                    resource.rollback(waiting);
                }
            }
            assertThat(resource.recover(XAResource.TMSTARTRSCAN)).isEmpty();
        }
    }
}
