package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses that keep nothing: what is passed through, what is refused, and what producers hear. */
class DirectIT extends DirectPeers {

    @RegisterExtension
    static final AmqpServer SERVER = withDirectAddresses();

    @Override
    AmqpServer server() {
        return SERVER;
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
