package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Receivers that come back with what they left unsettled (AMQP 1.0 part 2 §2.6.13). */
class AmqpResumeIT extends ResumeCase {

    private Source kept() {
        Source source = WirePeer.source(queue, "queue");
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        return source;
    }

    private static Attach receiving(int handle, Source source, Map<Binary, DeliveryState> unsettled) {
        Attach attach = WirePeer.attaching("r", handle, Role.RECEIVER, source, new Target());
        attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
        attach.setUnsettled(unsettled);
        return attach;
    }

    /** Puts messages into the queue, and hands them to the client, which settles none. Their tags. */
    private Binary[] handedOut(Object... bodies) throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        for (Object body : bodies) {
            peer.put(0, WirePeer.message(body));
            while (!(peer.next().getBody() instanceof Disposition)) {
                // credit is filled up now and then
            }
        }
        assertThat(attach(receiving(1, kept(), null)).getUnsettled()).isNull();
        client.credit(1, bodies.length, 0, false);
        Binary[] tags = new Binary[bodies.length];
        for (int i = 0; i < tags.length; i++) {
            Transfer transfer = client.expect(Transfer.class);
            assertThat(transfer.getResume()).isFalse();
            tags[i] = transfer.getDeliveryTag();
        }
        return tags;
    }

    private void isEmpty(String name) {
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(name).orElseThrow().counters().messages() == 0);
    }

    private Transfer resumed(Binary tag) throws IOException {
        Transfer transfer = client.expect(Transfer.class);
        assertThat(transfer.getResume()).isTrue();
        assertThat(transfer.getDeliveryTag()).isEqualTo(tag);
        return transfer;
    }

    @Test
    void anOutcomeReachedBeforeIsAppliedAndTold() throws IOException {
        Binary[] tags = handedOut("done");
        reconnect();
        Attach attach = attach(receiving(3, kept(), holding(tags[0], Accepted.getInstance())));
        assertThat(attach.getUnsettled()).hasSize(1);
        assertThat(attach.getUnsettled().get(tags[0])).isInstanceOf(Accepted.class);
        assertThat(attach.getIncompleteUnsettled()).isFalse();
        client.credit(3, 10, 0, false);
        Transfer transfer = resumed(tags[0]);
        assertThat(transfer.getSettled()).isTrue();
        assertThat(transfer.getState()).isInstanceOf(Accepted.class);
        assertThat(client.payloadBytes()).isEmpty();
        isEmpty(queue);
        peer.putAll(0, "next");
        assertThat(client.take()).isEqualTo("next");
    }

    @Test
    void everyOutcomeCounts() throws IOException {
        Binary[] tags = handedOut("rejected", "failed");
        Map<Binary, DeliveryState> states = new HashMap<>();
        states.put(tags[0], new Rejected());
        Modified failed = new Modified();
        failed.setDeliveryFailed(true);
        states.put(tags[1], failed);
        reconnect();
        assertThat(attach(receiving(1, kept(), states)).getUnsettled()).hasSize(2);
        client.credit(1, 10, 0, false);
        Map<Binary, Transfer> came = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            Transfer transfer = client.expect(Transfer.class);
            assertThat(transfer.getResume()).isTrue();
            came.put(transfer.getDeliveryTag(), transfer);
        }
        assertThat(came).containsOnlyKeys(tags);
        assertThat(client.take()).isEqualTo("failed");
        assertThat(client.payload().getDeliveryCount()).isOne();
    }

    @Test
    void aMessageWithoutAnOutcomeGoesOnUnderItsTag() throws IOException {
        Binary[] tags = handedOut("in work");
        reconnect();
        Attach attach = attach(receiving(1, kept(), holding(tags[0], null)));
        assertThat(attach.getUnsettled().get(tags[0])).isInstanceOf(Received.class);
        client.credit(1, 10, 0, false);
        Transfer transfer = resumed(tags[0]);
        assertThat(transfer.getSettled()).isFalse();
        assertThat(transfer.getState()).isInstanceOf(Received.class);
        assertThat(client.payload().getDeliveryCount()).isZero();
        assertThat(((AmqpValue) client.payload().getBody()).getValue()).isEqualTo("in work");
        client.settle(transfer.getDeliveryId().intValue(), transfer.getDeliveryId().intValue(), Accepted.getInstance());
        isEmpty(queue);
    }

    @Test
    void whatHasComeInPartComesWhole() throws IOException {
        String text = "x".repeat(1500);
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, text);
        client.close();
        client = new WirePeer(SERVER.port());
        client.write(WirePeer.PLAIN_HEADER);
        client.read(8);
        Open open = WirePeer.opening(container);
        open.setMaxFrameSize(UnsignedInteger.valueOf(600));
        client.send(open);
        client.expect(Open.class);
        client.begin();
        attach(receiving(1, kept(), null));
        client.credit(1, 1, 0, false);
        Transfer first = client.expect(Transfer.class);
        assertThat(first.getMore()).isTrue();
        reconnect();
        Received some = new Received();
        some.setSectionNumber(UnsignedInteger.ZERO);
        some.setSectionOffset(org.apache.qpid.proton.amqp.UnsignedLong.valueOf(100));
        attach(receiving(1, kept(), holding(first.getDeliveryTag(), some)));
        client.credit(1, 1, 0, false);
        resumed(first.getDeliveryTag());
        assertThat(((AmqpValue) client.payload().getBody()).getValue()).isEqualTo(text);
    }

    @Test
    void aPlainConsumerMayHaveWhatAnExplicitDetachPolicyLeaves() throws IOException {
        Source gone = kept();
        gone.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "m");
        attach(receiving(1, gone, null));
        client.credit(1, 1, 0, false);
        assertThat(client.take()).isEqualTo("m");
        client.send(WirePeer.detach(1, false));
        client.expect(Detach.class);
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
    }

    @Test
    void creditIsKeptToAndNewMessagesComeAfterThoseResumed() throws IOException {
        Binary[] tags = handedOut("a", "b", "c");
        peer.putAll(0, "new");
        reconnect();
        Map<Binary, DeliveryState> all = new HashMap<>();
        Arrays.stream(tags).forEach(tag -> all.put(tag, null));
        attach(receiving(1, kept(), all));
        client.credit(1, 2, 0, false);
        resumed(tags[0]);
        resumed(tags[1]);
        client.credit(1, 10, 2, false);
        resumed(tags[2]);
        Transfer next = client.expect(Transfer.class);
        assertThat(next.getResume()).isFalse();
        assertThat(Arrays.asList(tags)).doesNotContain(next.getDeliveryTag());
        client.credit(1, 10, 4, true);
        assertThat(client.expect(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
    }

    @Test
    void whatTheClientDoesNotHoldReturns() throws IOException {
        Binary[] tags = handedOut("lost", "held");
        reconnect();
        assertThat(attach(receiving(1, kept(), holding(tags[1], null))).getUnsettled()).containsOnlyKeys(tags[1]);
        client.credit(1, 10, 0, false);
        resumed(tags[1]);
        Transfer anew = client.expect(Transfer.class);
        assertThat(anew.getResume()).isFalse();
        assertThat(tags).doesNotContain(anew.getDeliveryTag());
        assertThat(((AmqpValue) client.payload().getBody()).getValue()).isEqualTo("lost");
    }

    @Test
    void whoComesBackWithoutAMapBeginsAnew() throws IOException {
        handedOut("m");
        reconnect();
        assertThat(attach(receiving(1, kept(), null)).getUnsettled()).isNull();
        client.credit(1, 1, 0, false);
        assertThat(client.expect(Transfer.class).getResume()).isFalse();
        assertThat(client.payload().getDeliveryCount()).isZero();
    }

    @Test
    void anIncompleteMapSettlesNothingAndHoldsNewMessagesBack() throws IOException {
        Binary[] tags = handedOut("a", "b");
        peer.putAll(0, "new");
        reconnect();
        Attach part = receiving(1, kept(), holding(tags[1], Accepted.getInstance()));
        part.setIncompleteUnsettled(true);
        assertThat(attach(part).getUnsettled()).containsOnlyKeys(tags);
        client.credit(1, 10, 0, false);
        resumed(tags[1]);
        client.credit(1, 10, 1, true);
        assertThat(client.expect(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
        client.send(WirePeer.detach(1, false));
        client.expect(Detach.class);
        assertThat(attach(receiving(1, kept(), holding(tags[0], null))).getUnsettled()).containsOnlyKeys(tags[0]);
        client.credit(1, 10, 0, false);
        resumed(tags[0]);
        assertThat(client.take()).isEqualTo("new");
    }

    @Test
    void aMapThatDoesNotFitIsIncomplete() throws IOException {
        Object[] bodies = new Object[30];
        Arrays.fill(bodies, "m");
        Binary[] tags = handedOut(bodies);
        client.close();
        client = new WirePeer(SERVER.port());
        client.write(WirePeer.PLAIN_HEADER);
        client.read(8);
        Open open = WirePeer.opening(container);
        open.setMaxFrameSize(UnsignedInteger.valueOf(512));
        client.send(open);
        client.expect(Open.class);
        client.begin();
        Map<Binary, DeliveryState> all = new HashMap<>();
        Arrays.stream(tags).forEach(tag -> all.put(tag, Accepted.getInstance()));
        Attach attach = attach(receiving(1, kept(), all));
        assertThat(attach.getIncompleteUnsettled()).isTrue();
        assertThat(attach.getUnsettled()).hasSizeBetween(1, 29);
        peer.putAll(0, "new");
        client.credit(1, 100, 0, false);
        for (int i = 0; i < tags.length; i++) {
            assertThat(client.expect(Transfer.class).getResume()).isTrue();
        }
        client.send(WirePeer.detach(1, false));
        client.expect(Detach.class);
        assertThat(attach(receiving(1, kept(), Map.of())).getIncompleteUnsettled()).isFalse();
        client.credit(1, 1, 0, false);
        assertThat(client.take()).isEqualTo("new");
    }

    @Test
    void aLinkMayComeBackOnItsSession() throws IOException {
        Source untilTheSessionEnds = kept();
        untilTheSessionEnds.setExpiryPolicy(TerminusExpiryPolicy.SESSION_END);
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "m");
        attach(receiving(1, untilTheSessionEnds, null));
        client.credit(1, 1, 0, false);
        Binary tag = client.expect(Transfer.class).getDeliveryTag();
        client.send(WirePeer.detach(1, false));
        client.expect(Detach.class);
        assertThat(attach(receiving(1, untilTheSessionEnds, holding(tag, null))).getUnsettled()).containsOnlyKeys(tag);
        client.send(WirePeer.detach(1, false));
        client.expect(Detach.class);
        client.send(new End());
        client.expect(End.class);
        client.send(WirePeer.beginning());
        client.expect(Begin.class);
        assertThat(attach(receiving(1, untilTheSessionEnds, holding(tag, null))).getUnsettled()).isEmpty();
        client.credit(1, 1, 0, false);
        assertThat(client.expect(Transfer.class).getResume()).isFalse();
    }

    @Test
    void aClosedLinkLeavesNothing() throws IOException {
        Binary[] tags = handedOut("m");
        client.send(WirePeer.detach(1, true));
        client.expect(Detach.class);
        assertThat(attach(receiving(1, kept(), holding(tags[0], Accepted.getInstance()))).getUnsettled()).isEmpty();
        client.credit(1, 1, 0, false);
        assertThat(client.take()).isEqualTo("m");
    }

    @Test
    void whatNobodyComesForReturnsWhenItsTimeIsOver() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "m");
        Source oneSecond = WirePeer.source(queue, "queue");
        oneSecond.setTimeout(UnsignedInteger.ONE);
        assertThat(((Source) attach(receiving(1, oneSecond, null)).getSource()).getTimeout()).isEqualTo(UnsignedInteger.ONE);
        client.credit(1, 1, 0, false);
        assertThat(client.take()).isEqualTo("m");
        client.close();
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isZero();
    }

    @Test
    void nothingIsKeptLongerThanTheBrokerDoes() throws IOException {
        Source anHour = WirePeer.source(queue, "queue");
        anHour.setTimeout(UnsignedInteger.valueOf(3600));
        assertThat(((Source) attach(receiving(1, anHour, null)).getSource()).getTimeout()).isEqualTo(UnsignedInteger.valueOf(60));
    }

    @Test
    void aLinkIsTakenFromAConnectionThatHangs() throws IOException {
        Binary[] tags = handedOut("m");
        try (WirePeer hanging = client) {
            client = WirePeer.open(SERVER.port(), container);
            assertThat(attach(receiving(1, kept(), holding(tags[0], null))).getUnsettled()).containsOnlyKeys(tags[0]);
            assertThat(hanging.detached()).isEqualTo("amqp:link:stolen");
            client.credit(1, 1, 0, false);
            resumed(tags[0]);
        }
    }

    @Test
    void aConnectionThatIsNotReadWhenItBreaksLeavesItsLinksToo() throws IOException {
        Binary[] tags = handedOut("m");
        String full = SERVER.unique("blocked.");
        for (int link = 0; link < 2; link++) {
            client.send(WirePeer.attaching("full" + link, 10 + link, Role.SENDER, new Source(), WirePeer.target(full, "queue")));
            client.expect(Attach.class);
            client.expect(Flow.class);
        }
        // more than is read ahead of a message that waits for room
        for (int id = 0; id < 20; id++) {
            client.send(client.transfer(10 + id % 2, id, false), WirePeer.message("x".repeat(19_000)));
        }
        client.close();
        Awaitility.await().until(() -> SERVER.server().broker().clients().all().size() == 1);
        client = WirePeer.open(SERVER.port(), container);
        assertThat(attach(receiving(1, kept(), holding(tags[0], null))).getUnsettled()).containsOnlyKeys(tags[0]);
    }

    @Test
    void aLinkIsTakenFromItsOwnSession() throws IOException {
        Binary[] tags = handedOut("m");
        client.send(receiving(5, kept(), holding(tags[0], null)));
        assertThat(client.detached()).isEqualTo("amqp:link:stolen");
        assertThat(client.expect(Attach.class).getUnsettled()).containsOnlyKeys(tags[0]);
        client.send(WirePeer.detach(1, true));
        client.credit(5, 1, 0, false);
        resumed(tags[0]);
    }

    @Test
    void aNameIsOneLinksOfItsContainer() throws IOException {
        Binary[] tags = handedOut("m");
        client.close();
        try (WirePeer other = WirePeer.open(SERVER.port(), container + "-other")) {
            other.send(receiving(1, kept(), holding(tags[0], Accepted.getInstance())));
            assertThat(other.expect(Attach.class).getUnsettled()).isEmpty();
        }
        reconnect();
        assertThat(attach(receiving(1, kept(), holding(tags[0], null))).getUnsettled()).containsOnlyKeys(tags[0]);
    }

    @Test
    void whatWasLeftOfADeletedQueueIsGone() throws IOException {
        Binary[] tags = handedOut("m");
        client.close();
        SERVER.deleteQueue(queue);
        client = WirePeer.open(SERVER.port(), container);
        assertThat(attach(receiving(1, kept(), holding(tags[0], null))).getUnsettled()).isEmpty();
        works(client, queue);
    }

    @Test
    void aMapHasTagsForKeys() throws IOException {
        Attach attach = receiving(1, kept(), null);
        attach.setUnsettled(Map.of(Symbol.valueOf("tag"), Accepted.getInstance()));
        client.send(attach);
        assertThat(client.ended()).isEqualTo("amqp:invalid-field");
    }
}
