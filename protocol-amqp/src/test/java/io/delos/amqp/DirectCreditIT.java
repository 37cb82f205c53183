package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses that keep nothing: who has credit, and when. */
class DirectCreditIT extends DirectPeers {

    @RegisterExtension
    static final AmqpServer SERVER = withDirectAddresses();

    @Override
    AmqpServer server() {
        return SERVER;
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
}
