package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.direct.DirectCounters;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses that keep nothing, as frames. {@code give} sends and {@code take} receives. */
class DirectIT {

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config
            .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?amqpCredits=100&amqpLowCredits=30")))
            .withAddressSettings("direct.#", Map.of("direct", "true")));

    private WirePeer give;
    private WirePeer take;
    private String address;

    @BeforeEach
    void connect() throws IOException {
        give = WirePeer.open(SERVER.port(), SERVER.unique("give"));
        take = WirePeer.open(SERVER.port(), SERVER.unique("take"));
        address = SERVER.unique("direct.");
    }

    @AfterEach
    void disconnect() throws IOException {
        give.close();
        take.close();
    }

    private static void sender(WirePeer peer, int handle, String address, String kind) throws IOException {
        peer.send(WirePeer.attaching("s" + handle, handle, Role.SENDER, new Source(), WirePeer.target(address, kind)));
        peer.expect(Attach.class);
    }

    private static void receiver(WirePeer peer, int handle, String address, String kind, int credit) throws IOException {
        peer.receiver(handle, WirePeer.source(address, kind));
        peer.credit(handle, credit, 0, false);
    }

    /** A sender and a receiver of a queue, with so much credit on both sides. */
    private void pair(int credit) throws IOException {
        sender(give, 0, address, "queue");
        receiver(take, 0, address, "queue", credit);
        assertThat(credit(give)).isEqualTo(credit);
    }

    private static int credit(WirePeer peer) throws IOException {
        return peer.expect(Flow.class).getLinkCredit().intValue();
    }

    /** What the link's credit is now, as a peer is told that asks. */
    private static int ask(WirePeer peer, int sent) throws IOException {
        Flow question = peer.flow(0, 0, sent, false);
        question.setEcho(true);
        peer.send(question);
        return credit(peer);
    }

    private static Transfer settled(WirePeer peer, int handle) {
        Transfer transfer = peer.transfer(handle, peer.nextDelivery(), false);
        transfer.setSettled(true);
        return transfer;
    }

    private int taken() throws IOException {
        return take.expect(Transfer.class).getDeliveryId().intValue();
    }

    private DeliveryState outcome(DeliveryState said) throws IOException {
        give.put(0, WirePeer.message("m"));
        int id = taken();
        take.settle(id, id, said);
        Disposition disposition = give.expect(Disposition.class);
        assertThat(disposition.getSettled()).isTrue();
        return disposition.getState();
    }

    private DirectCounters counters() {
        return SERVER.server().broker().routes().find(address).orElseThrow().direct().orElseThrow().counters();
    }

    @Test
    void aProducerHasCreditOnlyWhileAConsumerHas() throws IOException {
        sender(give, 0, address, "queue");
        assertThat(ask(give, 0)).isZero();
        take.receiver(0, WirePeer.source(address, "queue"));
        assertThat(ask(give, 0)).isZero();
        take.credit(0, 3, 0, false);
        assertThat(credit(give)).isEqualTo(3);
        assertThat(outcome(Accepted.getInstance())).isInstanceOf(Accepted.class);
        take.send(WirePeer.detach(0, true));
        take.expect(Detach.class);
        assertThat(credit(give)).isZero();
    }

    @Test
    void theConsumersOutcomeIsTheProducersWithAllItsFields() throws IOException {
        pair(10);
        assertThat(outcome(Released.getInstance())).isInstanceOf(Released.class);
        Rejected rejected = new Rejected();
        ErrorCondition error = new ErrorCondition(Symbol.valueOf("own:error"), "why");
        error.setInfo(Map.of(Symbol.valueOf("k"), "v"));
        rejected.setError(error);
        ErrorCondition heard = ((Rejected) outcome(rejected)).getError();
        assertThat(heard.getCondition().toString()).isEqualTo("own:error");
        assertThat(heard.getDescription()).isEqualTo("why");
        assertThat((Object) heard.getInfo()).isEqualTo(Map.of(Symbol.valueOf("k"), "v"));
        Modified modified = new Modified();
        modified.setDeliveryFailed(true);
        modified.setUndeliverableHere(true);
        modified.setMessageAnnotations(Map.of(Symbol.valueOf("x-opt-a"), 7));
        Modified back = (Modified) outcome(modified);
        assertThat(back.getDeliveryFailed()).isTrue();
        assertThat(back.getUndeliverableHere()).isTrue();
        assertThat((Object) back.getMessageAnnotations()).isEqualTo(Map.of(Symbol.valueOf("x-opt-a"), 7));
        assertThat(((Rejected) outcome(new Rejected())).getError()).isNull();
    }

    @Test
    void whatADyingConsumerHeldIsReleased() throws IOException {
        pair(10);
        for (int i = 0; i < 3; i++) {
            give.put(0, WirePeer.message("m" + i));
            taken();
        }
        take.close();
        int released = 0;
        int last = -1;
        while (released < 3 || last != 0) {
            Object body = give.next().getBody();
            if (body instanceof Flow) {
                last = ((Flow) body).getLinkCredit().intValue();
            } else {
                Disposition disposition = (Disposition) body;
                assertThat(disposition.getState()).isInstanceOf(Released.class);
                int to = disposition.getLast() == null ? disposition.getFirst().intValue() : disposition.getLast().intValue();
                released += to - disposition.getFirst().intValue() + 1;
            }
        }
        assertThat(released).isEqualTo(3);
    }

    @Test
    void aDrainTakesTheProducersCreditBackAndWhatWasUnderWayIsReleased() throws IOException {
        pair(5);
        take.credit(0, 5, 0, true);
        assertThat(credit(take)).isZero();
        assertThat(credit(give)).isZero();
        for (int i = 0; i < 5; i++) {
            give.put(0, WirePeer.message("late" + i));
            boolean released = false;
            while (!released) {
                Object body = give.next().getBody();
                if (body instanceof Flow) {
                    assertThat(((Flow) body).getLinkCredit().intValue()).isZero();
                } else {
                    assertThat(((Disposition) body).getState()).isInstanceOf(Released.class);
                    released = true;
                }
            }
        }
        take.credit(0, 1, 5, false);
        while (!(give.next().getBody() instanceof Flow) || ((Flow) give.lastBody()).getLinkCredit().intValue() != 1) {
            // the last credit of nothing may be said twice
        }
        assertThat(outcome(Accepted.getInstance())).isInstanceOf(Accepted.class);
        give.put(0, WirePeer.message("beyond all that was ever given"));
        assertThat(give.detached()).isEqualTo("amqp:link:transfer-limit-exceeded");
    }

    @Test
    void oneOfSeveralConsumersGetsAMessageAndNoneMoreThanItsCredit() throws IOException {
        pair(2);
        receiver(take, 1, address, "queue", 2);
        assertThat(credit(give)).isEqualTo(4);
        int[] counts = new int[2];
        for (int i = 0; i < 4; i++) {
            give.put(0, WirePeer.message("m" + i));
            Transfer transfer = take.expect(Transfer.class);
            counts[transfer.getHandle().intValue()]++;
            take.settle(transfer.getDeliveryId().intValue(), transfer.getDeliveryId().intValue(), Accepted.getInstance());
            assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        }
        assertThat(counts).containsExactly(2, 2);
        assertThat(ask(give, 4)).isZero();
    }

    @Test
    void allSubscribersGetAMessageAtTheSlowestOnesPaceAndTheWorstOutcomeCounts() throws IOException {
        sender(give, 0, address, "topic");
        receiver(take, 0, address, "topic", 5);
        assertThat(credit(give)).isEqualTo(5);
        receiver(take, 1, address, "topic", 2);
        assertThat(List.of(credit(give), credit(give))).containsExactly(0, 2);
        give.put(0, WirePeer.message("m"));
        int first = taken();
        int second = taken();
        take.settle(first, first, new Rejected());
        take.settle(second, second, Accepted.getInstance());
        assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Rejected.class);
    }

    @Test
    void producersShareTheConsumersCredit() throws IOException {
        sender(give, 0, address, "queue");
        sender(give, 1, address, "queue");
        receiver(take, 0, address, "queue", 10);
        shared(5);
        take.credit(0, 4, 0, false);
        shared(2);
    }

    /** Both senders have come to so much credit. */
    private void shared(int credit) throws IOException {
        int[] now = new int[2];
        while (now[0] != credit || now[1] != credit) {
            Flow flow = give.expect(Flow.class);
            now[flow.getHandle().intValue()] = flow.getLinkCredit().intValue();
        }
    }

    @Test
    void whereThereIsLessCreditThanProducersItGoesRound() throws IOException {
        sender(give, 0, address, "queue");
        sender(give, 1, address, "queue");
        receiver(take, 0, address, "queue", 1);
        boolean[] had = new boolean[2];
        while (!had[0] || !had[1]) {
            Flow flow = give.expect(Flow.class);
            had[flow.getHandle().intValue()] |= flow.getLinkCredit().intValue() == 1;
        }
    }

    @Test
    void whatIsSettledBeforeItIsTakenIsDroppedAndCounted() throws IOException {
        pair(1);
        give.send(settled(give, 0), WirePeer.message("taken"));
        int id = taken();
        take.settle(id, id, Accepted.getInstance());
        take.credit(0, 1, 1, false);
        assertThat(credit(give)).isEqualTo(1);
        take.send(WirePeer.detach(0, true));
        take.expect(Detach.class);
        assertThat(credit(give)).isZero();
        give.send(settled(give, 0), WirePeer.message("dropped"));
        await().until(() -> counters().dropped() == 1);
        assertThat(counters().accepted()).isEqualTo(1);
        assertThat(counters().returned()).isZero();
    }

    @Test
    void aReceiverThatWantsItSettledAcceptsByGettingIt() throws IOException {
        sender(give, 0, address, "queue");
        Attach attach = WirePeer.attaching("r", 0, Role.RECEIVER, WirePeer.source(address, "queue"), new org.apache.qpid.proton.amqp.messaging.Target());
        attach.setSndSettleMode(org.apache.qpid.proton.amqp.transport.SenderSettleMode.SETTLED);
        take.send(attach);
        take.expect(Attach.class);
        take.credit(0, 1, 0, false);
        assertThat(credit(give)).isEqualTo(1);
        give.put(0, WirePeer.message("m"));
        assertThat(take.expect(Transfer.class).getSettled()).isTrue();
        assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
    }

    @Test
    void messagesInPiecesPassWholeAndThoseThatAreTooLargeAreRejectedOneByOne() throws IOException {
        pair(10);
        pieces(300_000);
        int length = 0;
        int id = -1;
        boolean more = true;
        while (more) {
            Transfer transfer = take.expect(Transfer.class);
            id = length == 0 ? transfer.getDeliveryId().intValue() : id;
            length += take.payloadBytes().length;
            more = transfer.getMore();
        }
        assertThat(length).isGreaterThan(300_000);
        take.settle(id, id, Accepted.getInstance());
        assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        pieces(1_100_000);
        Disposition refused = give.expect(Disposition.class);
        assertThat(((Rejected) refused.getState()).getError().getCondition().toString()).isEqualTo("amqp:link:message-size-exceeded");
        assertThat(outcome(Accepted.getInstance())).isInstanceOf(Accepted.class);
    }

    private void pieces(int size) throws IOException {
        byte[] message = ByteBuffer.allocate(size + 8).put(WirePeer.bytes(0, 0x53, 0x75, 0xb0)).putInt(size).array();
        int id = give.nextDelivery();
        for (int from = 0; from < message.length; from += 50_000) {
            int to = Math.min(message.length, from + 50_000);
            give.send(give.transfer(0, id, to < message.length), Arrays.copyOfRange(message, from, to));
        }
    }

    @Test
    void anAbortedMessageTakesNoCredit() throws IOException {
        pair(2);
        int id = give.nextDelivery();
        give.send(give.transfer(0, id, true), WirePeer.bytes(1, 2, 3));
        Transfer abort = give.transfer(0, id, false);
        abort.setAborted(true);
        give.send(abort);
        assertThat(credit(give)).isEqualTo(2);
        assertThat(outcome(Accepted.getInstance())).isInstanceOf(Accepted.class);
    }

    @Test
    void whatIsNoMessageUsesItsCreditAndIsRejected() throws IOException {
        pair(2);
        give.put(0, WirePeer.bytes(9, 9, 9));
        assertThat(((Rejected) give.expect(Disposition.class).getState()).getError().getCondition().toString()).isEqualTo("amqp:decode-error");
        assertThat(credit(give)).isEqualTo(2);
    }

    @Test
    void inATransactionNothingCanBeSent() throws IOException {
        pair(5);
        Attach coordinator = WirePeer.attaching("tx", 1, Role.SENDER, new Source(), null);
        coordinator.setTarget(new Coordinator());
        give.send(coordinator);
        give.expect(Attach.class);
        give.expect(Flow.class);
        give.put(1, WirePeer.message(new Declare()));
        Binary id = ((Declared) give.expect(Disposition.class).getState()).getTxnId();
        TransactionalState state = new TransactionalState();
        state.setTxnId(id);
        Transfer transfer = give.transfer(0, give.nextDelivery(), false);
        transfer.setState(state);
        give.send(transfer, WirePeer.message("m"));
        while (!(give.next().getBody() instanceof Disposition)) {
            // the credit it used is given again
        }
        DeliveryState said = ((Disposition) give.lastBody()).getState();
        Rejected rejected = (Rejected) ((TransactionalState) said).getOutcome();
        assertThat(rejected.getError().getCondition().toString()).isEqualTo("amqp:not-implemented");
    }

    @Test
    void thereIsNothingToBrowseAndNothingIsKeptForWhoIsAway() throws IOException {
        pair(1);
        Source browsing = WirePeer.source(address, "queue");
        browsing.setDistributionMode(Symbol.valueOf("copy"));
        assertThat(refused(1, browsing)).isEqualTo("amqp:not-implemented");
        Source durable = WirePeer.source(SERVER.unique("direct."), "topic");
        durable.setDurable(TerminusDurability.UNSETTLED_STATE);
        assertThat(refused(2, durable)).isEqualTo("amqp:not-implemented");
    }

    private String refused(int handle, Source source) throws IOException {
        take.receiver(handle, source);
        return take.detached();
    }

    @Test
    void anAnonymousSendersMessageGoesToWhoHasCreditOrBack() throws IOException {
        pair(1);
        sender(give, 1, null, "queue");
        credit(give);
        Message message = Message.Factory.create();
        message.setAddress(address);
        message.setBody(new AmqpValue("m"));
        give.put(1, Encoded.of(message));
        int id = taken();
        take.settle(id, id, Accepted.getInstance());
        assertThat(nextOutcome()).isInstanceOf(Accepted.class);
        give.put(1, Encoded.of(message));
        assertThat(nextOutcome()).isInstanceOf(Released.class);
    }

    /** The next that the producer hears of a message, whatever it hears of credit. */
    private DeliveryState nextOutcome() throws IOException {
        while (!(give.next().getBody() instanceof Disposition)) {
            assertThat(give.lastBody()).isInstanceOf(Flow.class);
        }
        return ((Disposition) give.lastBody()).getState();
    }

    /** A filter as it is sent. */
    private record Selection(Object getDescribed) implements DescribedType {

        @Override
        public Object getDescriptor() {
            return Symbol.valueOf("apache.org:selector-filter:string");
        }
    }

    @Test
    void whatHasExpiredOrIsWantedByNobodyIsReleased() throws IOException {
        sender(give, 0, address, "queue");
        Source red = WirePeer.source(address, "queue");
        red.setFilter(Map.of(Symbol.valueOf("s"), new Selection("color = 'red'")));
        take.receiver(0, red);
        take.credit(0, 10, 0, false);
        assertThat(credit(give)).isEqualTo(10);
        give.put(0, WirePeer.message("no color"));
        assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Released.class);
        Message old = Message.Factory.create();
        old.setExpiryTime(1000);
        old.setBody(new AmqpValue("old"));
        give.put(0, Encoded.of(old));
        assertThat(give.expect(Disposition.class).getState()).isInstanceOf(Released.class);
    }

    @Test
    void aDeletedAddressEndsItsSenders() throws Exception {
        sender(give, 0, address, "queue");
        SERVER.deleteQueue(address);
        io.delos.loop.Loops loops = new io.delos.loop.Loops(1);
        try {
            SERVER.server().broker().administration().deleteAddress(address, true, loops.control(), io.delos.broker.Reply.ignored());
            assertThat(give.detached()).isEqualTo("amqp:resource-deleted");
        } finally {
            loops.close();
        }
    }

    @Test
    void aConsumerThatComesBackFindsTheProducer() throws IOException {
        pair(1);
        take.send(WirePeer.detach(0, true));
        take.expect(Detach.class);
        assertThat(credit(give)).isZero();
        await().until(() -> SERVER.server().broker().findQueue(address).map(queue -> queue.counters().consumers() == 0).orElse(true));
        take.send(WirePeer.attaching("again", 0, Role.RECEIVER, WirePeer.source(address, "queue"), new org.apache.qpid.proton.amqp.messaging.Target()));
        take.expect(Attach.class);
        Flow flow = take.flow(0, 1, 0, false);
        flow.setDeliveryCount(UnsignedInteger.ZERO);
        take.send(flow);
        assertThat(credit(give)).isEqualTo(1);
        assertThat(outcome(Accepted.getInstance())).isInstanceOf(Accepted.class);
    }

    @Test
    void consumersThatDieInTheMiddleAddUp() throws Exception {
        int count = 2000;
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger returned = new AtomicInteger();
        try (Connection sending = SERVER.connect(); Connection steady = SERVER.connect()) {
            Session session = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(address);
            steady.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue).setMessageListener(message -> { });
            Connection dying = SERVER.connect();
            AtomicInteger held = new AtomicInteger();
            dying.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue).setMessageListener(message -> held.incrementAndGet());
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i), new Completion(accepted, returned));
                if (i == count / 2) {
                    await().until(() -> held.get() > 0);
                    dying.close();
                }
            }
            await().until(() -> accepted.get() + returned.get() == count);
            assertThat(returned.get()).isPositive();
            assertThat(counters().accepted()).isEqualTo(accepted.get());
            assertThat(counters().returned()).isEqualTo(returned.get());
        }
    }

    private record Completion(AtomicInteger accepted, AtomicInteger returned) implements CompletionListener {

        @Override
        public void onCompletion(jakarta.jms.Message message) {
            accepted.incrementAndGet();
        }

        @Override
        public void onException(jakarta.jms.Message message, Exception refused) {
            returned.incrementAndGet();
        }
    }
}
