package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Deliveries whose ids are at the end of their numbers (AMQP 1.0 part 2 §2.6.7). */
class AmqpWrapIT extends WireCase {

    private static final long HIGHEST = 0xffff_ffffL;

    private void received(Object... bodies) throws IOException, ReflectiveOperationException {
        filled(bodies);
        EngineInside.numberDeliveriesFrom(SERVER, HIGHEST - 1);
        peer.credit(1, bodies.length, 0, false);
        for (int i = 0; i < bodies.length; i++) {
            assertThat(peer.expect(Transfer.class).getDeliveryId().longValue()).isEqualTo(HIGHEST - 1 + i & HIGHEST);
        }
    }

    private static Disposition disposition(Role role, long first, long last, boolean settled, DeliveryState state) {
        Disposition disposition = new Disposition();
        disposition.setRole(role);
        disposition.setFirst(UnsignedInteger.valueOf(first));
        disposition.setLast(UnsignedInteger.valueOf(last));
        disposition.setSettled(settled);
        disposition.setState(state);
        return disposition;
    }

    private void left(long messages) {
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(queue).orElseThrow().counters().messages() == messages);
    }

    @Test
    void aRangeOverTheEndSettlesAll() throws Exception {
        received("-2", "-1", "0", "1");
        peer.send(disposition(Role.RECEIVER, HIGHEST - 1, 1, true, Accepted.getInstance()));
        left(0);
    }

    @Test
    void theHighestIsSettledByItself() throws Exception {
        received("-2", "-1", "0");
        peer.send(disposition(Role.RECEIVER, HIGHEST, HIGHEST, true, Accepted.getInstance()));
        left(2);
        peer.send(disposition(Role.RECEIVER, HIGHEST, HIGHEST, true, Accepted.getInstance()));
        peer.send(disposition(Role.RECEIVER, HIGHEST - 1, HIGHEST, true, Accepted.getInstance()));
        left(1);
        peer.send(disposition(Role.RECEIVER, 0, 0, true, Released.getInstance()));
        peer.credit(1, 1, 3, false);
        assertThat(peer.take()).isEqualTo("0");
    }

    @Test
    void theHighestIsAnsweredIfItIsNotSettled() throws Exception {
        received("-2", "-1");
        peer.send(disposition(Role.RECEIVER, HIGHEST, HIGHEST, false, Accepted.getInstance()));
        Disposition settled = peer.expect(Disposition.class);
        assertThat(settled.getFirst().longValue()).isEqualTo(HIGHEST);
        assertThat(settled.getSettled()).isTrue();
        assertThat(settled.getState()).isInstanceOf(Accepted.class);
        left(1);
    }

    @Test
    void whatComesWithTheHighestIdIsSettledBySenderAndReceiver() throws Exception {
        Attach second = WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue"));
        second.setRcvSettleMode(ReceiverSettleMode.SECOND);
        peer.send(second);
        peer.expect(Attach.class);
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isEqualTo(10);
        for (int i = 0; i < 7; i++) {
            Transfer transfer = peer.transfer(0, i, false);
            transfer.setDeliveryId(UnsignedInteger.valueOf(HIGHEST - 6 + i));
            peer.send(transfer, WirePeer.message("m"));
            assertThat(peer.expect(Disposition.class).getSettled()).isFalse();
        }
        // all seven make room for more: were one forgotten there would be none yet
        peer.send(disposition(Role.SENDER, HIGHEST - 6, HIGHEST, true, Accepted.getInstance()));
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isEqualTo(10);
    }
}
