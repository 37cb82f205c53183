package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

/** Messages from clients: credit, pieces, outcomes, as frames (AMQP document, sections 4 and 5). */
class AmqpSendIT extends WireCase {

    @Test
    void creditIsFilledUpWhenLittleIsLeft() throws IOException {
        Flow first = peer.sender(0, WirePeer.target(queue, "queue"));
        assertThat(first.getLinkCredit().intValue()).isEqualTo(10);
        for (int i = 0; i < 7; i++) {
            peer.put(0, WirePeer.message("m" + i));
        }
        while (!(peer.next().getBody() instanceof Flow)) {
            // messages are accepted before
        }
        Flow refill = (Flow) peer.lastBody();
        assertThat(refill.getLinkCredit().intValue() + refill.getDeliveryCount().intValue()).isEqualTo(17);
    }

    @Test
    void moreMessagesThanCreditEndTheLink() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        int id = 0;
        byte[] many = new byte[0];
        for (; id < 11; id++) {
            org.apache.qpid.proton.message.Message message = Encoded.decode(WirePeer.message("m" + id));
            message.setDurable(true);
            many = WirePeer.join(many, peer.frame(peer.transfer(0, id, false), Encoded.of(message)));
        }
        peer.write(many);
        while (!(peer.next().getBody() instanceof Detach)) {
            // what was within the credit is answered as ever
        }
        assertThat(((Detach) peer.lastBody()).getError().getCondition().toString()).isEqualTo("amqp:link:transfer-limit-exceeded");
    }

    @Test
    void aMessageMayComeInPieces() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        byte[] message = WirePeer.message("x".repeat(15_000));
        int id = peer.nextDelivery();
        for (int from = 0; from < message.length; from += 4000) {
            int to = Math.min(message.length, from + 4000);
            peer.send(peer.transfer(0, id, to < message.length), Arrays.copyOfRange(message, from, to));
        }
        Disposition accepted = peer.expect(Disposition.class);
        assertThat(accepted.getState()).isInstanceOf(Accepted.class);
        assertThat(accepted.getSettled()).isTrue();
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("x".repeat(15_000));
    }

    @Test
    void anAbortedMessageIsForgottenAndItsCreditGivenBack() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        int id = peer.nextDelivery();
        peer.send(peer.transfer(0, id, true), WirePeer.bytes(1, 2, 3));
        Transfer abort = peer.transfer(0, id, false);
        abort.setAborted(true);
        peer.send(abort);
        Flow flow = peer.expect(Flow.class);
        assertThat(flow.getLinkCredit().intValue()).isEqualTo(10);
        peer.putAll(0, "after");
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("after");
    }

    @Test
    void aMessageThatGrowsTooLargeEndsItsLink() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        int id = peer.nextDelivery();
        for (int i = 0; i < 6; i++) {
            peer.send(peer.transfer(0, id, true), new byte[4000]);
        }
        assertThat(peer.expect(Detach.class).getError().getCondition().toString()).isEqualTo("amqp:link:message-size-exceeded");
        peer.sender(1, WirePeer.target(queue, "queue"));
    }

    @Test
    void bytesThatAreNoMessageAreRejected() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.put(0, WirePeer.bytes(9, 9, 9));
        Rejected rejected = (Rejected) peer.expect(Disposition.class).getState();
        assertThat(rejected.getError().getCondition().toString()).isEqualTo("amqp:decode-error");
    }

    @Test
    void anAnonymousSenderMustSayWhereTo() throws IOException {
        peer.sender(0, WirePeer.target(null));
        peer.put(0, WirePeer.message("where?"));
        Rejected nowhere = (Rejected) peer.expect(Disposition.class).getState();
        assertThat(nowhere.getError().getCondition().toString()).isEqualTo("failed");
        assertThat(nowhere.getError().getDescription()).contains("Missing 'to' field");
        org.apache.qpid.proton.message.Message closed = org.apache.qpid.proton.message.Message.Factory.create();
        closed.setAddress("closed.a");
        peer.put(0, Encoded.of(closed));
        Rejected missing = (Rejected) peer.expect(Disposition.class).getState();
        assertThat(missing.getError().getDescription()).isEqualTo("AMQ119002: target address closed.a does not exist");
    }

    @Test
    void aMessageBeginsWithinTheCreditOrNotAtAll() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        byte[] ten = new byte[0];
        org.apache.qpid.proton.message.Message message = Encoded.decode(WirePeer.message("within"));
        message.setDurable(true);
        for (int id = 0; id < 10; id++) {
            ten = WirePeer.join(ten, peer.frame(peer.transfer(0, id, false), Encoded.of(message)));
        }
        peer.write(WirePeer.join(ten, peer.frame(peer.transfer(0, 10, true), new byte[10])));
        while (!(peer.next().getBody() instanceof Detach)) {
            // what was within the credit is answered as ever
        }
        assertThat(((Detach) peer.lastBody()).getError().getCondition().toString()).isEqualTo("amqp:link:transfer-limit-exceeded");
        peer.send(peer.transfer(0, 10, false), new byte[10]);
        peer.send(WirePeer.detach(0, true));
        othersAreServed();
    }

    private Transfer presettled(int id) {
        Transfer transfer = peer.transfer(0, id, false);
        transfer.setSettled(true);
        return transfer;
    }

    @Test
    void whatIsSettledAlreadyIsNotAnswered() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.send(presettled(0), WirePeer.message("settled"));
        peer.send(peer.transfer(0, 1, false), WirePeer.message("unsettled"));
        Disposition accepted = peer.expect(Disposition.class);
        assertThat(accepted.getFirst().intValue()).isEqualTo(1);
        assertThat(accepted.getRole()).isEqualTo(Role.RECEIVER);
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 2, 0, false);
        assertThat(peer.take()).isEqualTo("settled");
        assertThat(peer.take()).isEqualTo("unsettled");
    }

    @Test
    void onceSettledIsSettled() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        byte[] message = WirePeer.message("in two");
        Transfer first = presettled(0);
        first.setMore(true);
        peer.send(first, Arrays.copyOf(message, 5));
        Transfer rest = new Transfer();
        rest.setHandle(UnsignedInteger.ZERO);
        peer.send(rest, Arrays.copyOfRange(message, 5, message.length));
        peer.send(peer.transfer(0, 1, false), WirePeer.message("next"));
        assertThat(peer.expect(Disposition.class).getFirst().intValue()).isEqualTo(1);
    }

    @Test
    void whatIsAbortedAndHasMoreIsAborted() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.send(peer.transfer(0, 0, true), new byte[] {1, 2, 3});
        Transfer abort = peer.transfer(0, 0, true);
        abort.setAborted(true);
        peer.send(abort, new byte[] {4});
        peer.expect(Flow.class);
        peer.send(peer.transfer(0, 1, false), WirePeer.message("after"));
        Disposition accepted = nextDisposition(1);
        assertThat(accepted.getState()).isInstanceOf(Accepted.class);
    }

    private Disposition nextDisposition(int id) throws IOException {
        Disposition found = null;
        while (found == null || found.getFirst().intValue() != id) {
            found = peer.next().getBody() instanceof Disposition ? (Disposition) peer.lastBody() : found;
        }
        return found;
    }

    @Test
    void aDeliveryNobodyHereRemembersIsNotResumed() throws IOException {
        Attach attach = WirePeer.attaching("resumed", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue"));
        attach.setUnsettled(Map.of(new Binary(new byte[] {1}), Accepted.getInstance()));
        peer.send(attach);
        Attach answer = peer.expect(Attach.class);
        assertThat(answer.getUnsettled()).isEmpty();
        peer.expect(Flow.class);
        Transfer resumed = peer.transfer(0, 0, true);
        resumed.setResume(true);
        peer.send(resumed, WirePeer.message("resumed"));
        Transfer rest = new Transfer();
        rest.setHandle(UnsignedInteger.ZERO);
        peer.send(rest, new byte[] {0x40});
        peer.send(peer.transfer(0, 1, false), WirePeer.message("new"));
        assertThat(nextDisposition(1).getState()).isInstanceOf(Accepted.class);
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 2, 0, true);
        assertThat(peer.take()).isEqualTo("new");
        assertThat(peer.expect(Flow.class).getDeliveryCount().intValue()).isEqualTo(2);
    }

    @Test
    void inModeSecondTheSenderSettlesFirst() throws IOException {
        Attach attach = WirePeer.attaching("second", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue"));
        attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
        peer.send(attach);
        assertThat(peer.expect(Attach.class).getRcvSettleMode()).isEqualTo(ReceiverSettleMode.SECOND);
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isEqualTo(10);
        for (int id = 0; id < 10; id++) {
            peer.send(peer.transfer(0, id, false), WirePeer.message("m" + id));
            Disposition accepted = peer.expect(Disposition.class);
            assertThat(accepted.getSettled()).isFalse();
            assertThat(accepted.getState()).isInstanceOf(Accepted.class);
        }
        Disposition settled = new Disposition();
        settled.setRole(Role.SENDER);
        settled.setFirst(UnsignedInteger.ZERO);
        settled.setLast(UnsignedInteger.valueOf(9));
        settled.setSettled(true);
        peer.send(settled);
        Flow anew = peer.expect(Flow.class);
        assertThat(anew.getDeliveryCount().intValue()).isEqualTo(10);
        assertThat(anew.getLinkCredit().intValue()).isPositive();
    }

    @Test
    void aMessageOfAnotherFormatIsRejected() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        Transfer strange = peer.transfer(0, 0, false);
        strange.setMessageFormat(UnsignedInteger.valueOf(0x1234_5600L));
        peer.send(strange, WirePeer.message("strange"));
        assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Rejected.class);
        Transfer later = peer.transfer(0, 1, false);
        later.setMessageFormat(UnsignedInteger.valueOf(7));
        peer.send(later, WirePeer.message("a later version"));
        assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
    }

    @Test
    void aSenderHearsHowMuchCreditItHas() throws IOException {
        Attach attach = WirePeer.attaching("counting", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue"));
        attach.setInitialDeliveryCount(UnsignedInteger.valueOf(0xffff_ffffL));
        peer.send(attach);
        peer.expect(Attach.class);
        assertThat(peer.expect(Flow.class).getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(0xffff_ffffL));
        peer.putAll(0, "1", "2");
        Flow asking = peer.flow(0, 8, 1, false);
        asking.setEcho(true);
        peer.send(asking);
        Flow state = peer.expect(Flow.class);
        assertThat(state.getHandle()).isEqualTo(UnsignedInteger.ZERO);
        assertThat(state.getDeliveryCount().longValue()).isEqualTo(1);
        assertThat(state.getLinkCredit().longValue()).isEqualTo(8);
        assertThat(state.getNextIncomingId().longValue()).isZero();
    }

    @Test
    void aSendersFlowWithoutItsCountDetachesTheLink() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        Flow countless = peer.flow(0, 8, 0, false);
        countless.setDeliveryCount(null);
        peer.send(countless);
        assertThat(peer.detached()).isEqualTo("amqp:invalid-field");
        peer.send(WirePeer.detach(0, true));
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void aDeepMessageIsDeliveredAsItCame() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        ByteBuffer nested = ByteBuffer.allocate(10_000).put(WirePeer.bytes(0, 0x53, 0x77));
        for (int level = 500; level > 0; level--) {
            nested.put((byte) 0xd0).putInt(4 + (level - 1) * 9 + 1).putInt(1);
        }
        byte[] deep = Arrays.copyOf(nested.put((byte) 0x40).array(), nested.position());
        peer.put(0, deep);
        assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        peer.expect(Transfer.class);
        assertThat(peer.lastPayload()).isEqualTo(deep);
    }

    @Test
    void aMessageThatEndsTooSoonIsRejectedAndItsLinkGoesOn() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        byte[][] wrong = {
            WirePeer.bytes(0, 0x53, 0x73, 0xc0, 9, 1, 0xa1, 0x7f, 'x'),
            WirePeer.bytes(0, 0x53, 0x74, 0xd1, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff),
            WirePeer.bytes(0, 0x53, 0x70, 0xc0, 1, 0xff), WirePeer.bytes(0, 0x53, 0x73, 0x45, 0, 0x53, 0x70, 0x45),
        };
        for (byte[] message : wrong) {
            peer.put(0, message);
            Rejected rejected = (Rejected) peer.expect(Disposition.class).getState();
            assertThat(rejected.getError().getCondition().toString()).isEqualTo("amqp:decode-error");
        }
        peer.putAll(0, "well");
    }
}
