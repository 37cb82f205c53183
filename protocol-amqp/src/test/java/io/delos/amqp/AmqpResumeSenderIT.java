package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Senders that come back with what they left unsettled (AMQP 1.0 part 2 §2.6.13). */
class AmqpResumeSenderIT extends ResumeCase {

    private Target keptTarget() {
        Target target = WirePeer.target(queue, "queue");
        target.setDurable(TerminusDurability.UNSETTLED_STATE);
        target.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        return target;
    }

    private static byte[] durable(Object body) {
        Message message = Message.Factory.create();
        Header header = new Header();
        header.setDurable(true);
        message.setHeader(header);
        message.setBody(new AmqpValue(body));
        return Encoded.of(message);
    }

    private Attach sending(ReceiverSettleMode mode, Map<Binary, DeliveryState> unsettled) {
        Attach attach = WirePeer.attaching("s", 0, Role.SENDER, new Source(), keptTarget());
        attach.setSndSettleMode(SenderSettleMode.UNSETTLED);
        attach.setRcvSettleMode(mode);
        attach.setUnsettled(unsettled);
        return attach;
    }

    private Binary sent() throws IOException {
        assertThat(attach(sending(ReceiverSettleMode.SECOND, null)).getUnsettled()).isNull();
        client.expect(Flow.class);
        Transfer transfer = client.transfer(0, 0, false);
        client.send(transfer, durable("once"));
        Disposition accepted = client.expect(Disposition.class);
        assertThat(accepted.getSettled()).isFalse();
        return transfer.getDeliveryTag();
    }

    private void cameOnce() throws IOException {
        peer.receiver(7, WirePeer.source(queue, "queue"));
        peer.credit(7, 10, 0, true);
        assertThat(peer.take()).isEqualTo("once");
        peer.expect(Flow.class);
    }

    @Test
    void aSenderHearsWhatBecameOfItsMessagesAndNeedNotSendThemAgain() throws IOException {
        Binary tag = sent();
        reconnect();
        Attach attach = attach(sending(ReceiverSettleMode.SECOND, holding(tag, null)));
        assertThat(attach.getUnsettled()).containsOnlyKeys(tag);
        assertThat(attach.getUnsettled().get(tag)).isInstanceOf(Accepted.class);
        client.expect(Flow.class);
        Transfer settling = client.transfer(0, 0, false);
        settling.setDeliveryTag(tag);
        settling.setResume(true);
        settling.setSettled(true);
        settling.setState(Accepted.getInstance());
        client.send(settling);
        client.send(WirePeer.detach(0, false));
        client.expect(Detach.class);
        assertThat(attach(sending(ReceiverSettleMode.SECOND, holding(tag, null))).getUnsettled()).isEmpty();
        cameOnce();
    }

    @Test
    void aSenderMayHearItAsTheOutcomeOfAResumedTransfer() throws IOException {
        Binary tag = sent();
        reconnect();
        attach(sending(ReceiverSettleMode.SECOND, holding(tag, null)));
        client.expect(Flow.class);
        Transfer again = client.transfer(0, 0, false);
        again.setDeliveryTag(tag);
        again.setResume(true);
        client.send(again, durable("once"));
        Disposition accepted = client.expect(Disposition.class);
        assertThat(accepted.getState()).isInstanceOf(Accepted.class);
        assertThat(accepted.getSettled()).isFalse();
        Disposition settled = new Disposition();
        settled.setRole(Role.SENDER);
        settled.setFirst(UnsignedInteger.ZERO);
        settled.setSettled(true);
        settled.setState(Accepted.getInstance());
        client.send(settled);
        client.send(WirePeer.detach(0, false));
        client.expect(Detach.class);
        assertThat(attach(sending(ReceiverSettleMode.SECOND, holding(tag, null))).getUnsettled()).isEmpty();
        cameOnce();
    }

    @Test
    void whatWasUnderWayWhenTheLinkWentIsToldWhenItComesBack() throws IOException {
        attach(sending(ReceiverSettleMode.FIRST, null));
        client.expect(Flow.class);
        Transfer transfer = client.transfer(0, 0, false);
        client.write(WirePeer.join(client.frame(transfer, durable("once")), client.frame(WirePeer.detach(0, false))));
        client.expect(Detach.class);
        Attach attach = attach(sending(ReceiverSettleMode.FIRST, holding(transfer.getDeliveryTag(), null)));
        assertThat(attach.getUnsettled().get(transfer.getDeliveryTag())).isInstanceOf(Accepted.class);
        client.expect(Flow.class);
        Transfer again = client.transfer(0, 1, false);
        again.setDeliveryTag(transfer.getDeliveryTag());
        again.setResume(true);
        client.send(again);
        Disposition accepted = client.expect(Disposition.class);
        assertThat(accepted.getSettled()).isTrue();
        assertThat(accepted.getState()).isInstanceOf(Accepted.class);
        cameOnce();
    }

    @Test
    void whatAConnectionLostOnItsWayIsDecidedBeforeTheLinkIsBack() throws IOException {
        attach(sending(ReceiverSettleMode.FIRST, null));
        client.expect(Flow.class);
        Transfer transfer = client.transfer(0, 0, false);
        client.write(WirePeer.join(client.frame(transfer, durable("once")), client.frame(WirePeer.detach(0, false)), client.frame(new End())));
        client.close();
        client = WirePeer.open(SERVER.port(), container);
        // the name may be free before the first connection has been heard: then nothing is known, and the message comes once more
        Attach attach = attach(sending(ReceiverSettleMode.FIRST, holding(transfer.getDeliveryTag(), null)));
        assertThat(attach.getUnsettled().values()).allMatch(Accepted.class::isInstance);
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(queue).orElseThrow().counters().messages() == 1);
    }

    @Test
    void nothingNewComesWhileTheSendersMapIsIncomplete() throws IOException {
        Binary tag = sent();
        reconnect();
        Attach part = sending(ReceiverSettleMode.SECOND, Map.of());
        part.setIncompleteUnsettled(true);
        assertThat(attach(part).getUnsettled()).containsOnlyKeys(tag);
        client.expect(Flow.class);
        client.send(client.transfer(0, 0, false), durable("new"));
        assertThat(client.detached()).isEqualTo("amqp:not-allowed");
        cameOnce();
    }
}
