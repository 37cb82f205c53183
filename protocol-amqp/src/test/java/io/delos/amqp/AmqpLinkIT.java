package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.DeleteOnNoLinks;
import org.apache.qpid.proton.amqp.messaging.DeleteOnNoLinksOrMessages;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Links: how they are attached, refused, detached and taken over (AMQP 1.0 part 2 §2.6). */
class AmqpLinkIT extends WireCase {

    @Test
    void whatDoesNotExistAndMayNotBeCreatedIsNotFound() throws IOException {
        peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target("closed.b", "queue")));
        assertThat(peer.expect(Attach.class).getTarget()).isNull();
        Detach noTarget = peer.expect(Detach.class);
        assertThat(noTarget.getClosed()).isTrue();
        assertThat(noTarget.getError().getCondition().toString()).isEqualTo("amqp:not-found");
        assertThat(noTarget.getError().getDescription()).isEqualTo("AMQ119002: target address closed.b does not exist");
        assertThat(peer.receiver(1, WirePeer.source("closed.b", "queue")).getSource()).isNull();
        assertThat(peer.expect(Detach.class).getError().getDescription()).isEqualTo("AMQ119010: source address does not exist");
        assertThat(peer.receiver(2, null).getSource()).isNull();
        assertThat(peer.expect(Detach.class).getError().getDescription()).isEqualTo("Unknown subscription link: r2");
    }

    @Test
    void aPrefixSaysTheKindAndIsEchoed() throws IOException {
        peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target("/queue/" + queue)));
        assertThat(((Target) peer.expect(Attach.class).getTarget()).getAddress()).isEqualTo("/queue/" + queue);
        peer.expect(Flow.class);
        peer.putAll(0, "m");
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
    }

    @Test
    void aDynamicTargetIsATemporaryQueue() throws IOException {
        Target dynamic = WirePeer.target(null, "temporary-queue");
        dynamic.setDynamic(true);
        peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), dynamic));
        String name = ((Target) peer.expect(Attach.class).getTarget()).getAddress();
        peer.expect(Flow.class);
        assertThat(SERVER.server().broker().findQueue(name)).isPresent();
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.ZERO);
        detach.setClosed(true);
        peer.send(detach);
        peer.expect(Detach.class);
        assertThat(SERVER.server().broker().findQueue(name)).isEmpty();
    }

    @Test
    void aDurableSubscriptionIsFoundAgainByItsLinkName() throws IOException {
        Source source = WirePeer.source(queue, "topic");
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        peer.receiver(1, source);
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.ONE);
        peer.send(detach);
        peer.expect(Detach.class);
        Source found = (Source) peer.receiver(1, null).getSource();
        assertThat(found.getAddress()).endsWith(".r1");
        assertThat(found.getDurable()).isEqualTo(TerminusDurability.UNSETTLED_STATE);
        assertThat(found.getCapabilities()).containsExactly(WirePeer.symbols("topic"));
        detach.setClosed(true);
        peer.send(detach);
        peer.expect(Detach.class);
        assertThat(SERVER.server().broker().findQueue(found.getAddress())).isEmpty();
    }

    @Test
    void aLinkAttachedAgainIsTakenFromWhereItWas() throws IOException {
        filled("m");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.send(WirePeer.attaching("r1", 5, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        assertThat(peer.detached()).isEqualTo("amqp:link:stolen");
        assertThat(peer.expect(Attach.class).getName()).isEqualTo("r1");
        peer.send(WirePeer.detach(1, true));
        peer.credit(5, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isZero();
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void aLinkMayBeTakenToAnotherSession() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.sendOn(3, WirePeer.beginning());
        peer.expect(Begin.class);
        peer.sendOn(3, WirePeer.attaching("s0", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        Map<Class<?>, Integer> came = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            came.put(peer.next().getBody().getClass(), peer.lastChannel());
            if (peer.lastBody() instanceof Detach) {
                assertThat(((Detach) peer.lastBody()).getError().getCondition().toString()).isEqualTo("amqp:link:stolen");
            }
        }
        assertThat(came).isEqualTo(Map.of(Detach.class, 0, Attach.class, 1, Flow.class, 1));
        peer.send(WirePeer.detach(0, true));
        peer.sendOn(3, peer.transfer(0, 0, false), WirePeer.message("there"));
        assertThat(peer.expect(Disposition.class).getState()).isInstanceOf(Accepted.class);
    }

    @Test
    void aNameIsTwoLinksIfTheyGoDifferentWays() throws IOException {
        peer.send(WirePeer.attaching("both", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        peer.expect(Attach.class);
        peer.expect(Flow.class);
        peer.send(WirePeer.attaching("both", 1, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        peer.expect(Attach.class);
        peer.putAll(0, "m");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
    }

    @Test
    void aDurableSubscriptionMayBeTakenOverByAnotherLinkOfItsName() throws IOException {
        Source source = WirePeer.source(queue, "topic");
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        peer.receiver(1, source);
        peer.send(WirePeer.attaching("r1", 2, Role.RECEIVER, source, new Target()));
        assertThat(peer.detached()).isEqualTo("amqp:link:stolen");
        assertThat(((Source) peer.expect(Attach.class).getSource()).getAddress()).isEqualTo(queue);
        peer.send(WirePeer.detach(1, true));
        peer.sender(0, WirePeer.target(queue, "topic"));
        peer.putAll(0, "m");
        peer.credit(2, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
    }

    @Test
    void aDurableSubscriptionFollowsItsContainerToAnotherConnection() throws IOException {
        String container = SERVER.unique("moving");
        Source source = WirePeer.source(queue, "topic");
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        try (WirePeer first = WirePeer.open(SERVER.port(), container); WirePeer second = WirePeer.open(SERVER.port(), container)) {
            first.receiver(1, source);
            first.credit(1, 10, 0, false);
            peer.sender(0, WirePeer.target(queue, "topic"));
            peer.putAll(0, "m");
            assertThat(first.take()).isEqualTo("m");
            assertThat(((Source) second.receiver(1, source).getSource()).getAddress()).isEqualTo(queue);
            assertThat(first.detached()).isEqualTo("amqp:link:stolen");
            second.credit(1, 10, 0, false);
            assertThat(second.take()).isEqualTo("m");
            first.send(WirePeer.detach(1, true));
            first.receiver(2, null);
            first.expect(Detach.class);
            first.send(WirePeer.detach(2, true));
            assertThat(((Source) first.receiver(1, null).getSource()).getAddress()).isEqualTo(container + ".r1");
            assertThat(second.detached()).isEqualTo("amqp:link:stolen");
            first.send(WirePeer.detach(1, true));
            first.expect(Detach.class);
            assertThat(SERVER.server().broker().findQueue(container + ".r1")).isEmpty();
        }
    }

    @Test
    void aDetachIsAnsweredByADetachAndACloseByAClose() throws IOException {
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.send(WirePeer.detach(1, false));
        Detach detached = peer.expect(Detach.class);
        assertThat(detached.getClosed()).isFalse();
        assertThat(detached.getError()).isNull();
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.send(WirePeer.detach(1, true));
        assertThat(peer.expect(Detach.class).getClosed()).isTrue();
    }

    @Test
    void aLinkThatGoesAwayLetsItsMessagesReturn() throws IOException {
        filled("m");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.send(WirePeer.detach(1, false));
        peer.expect(Detach.class);
        Attach again = WirePeer.attaching("r1", 1, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target());
        again.setUnsettled(Map.of(new Binary(new byte[] {0}), Accepted.getInstance()));
        peer.send(again);
        assertThat(peer.expect(Attach.class).getUnsettled()).isEmpty();
        peer.credit(1, 1, 0, false);
        Transfer transfer = peer.expect(Transfer.class);
        assertThat(transfer.getResume()).isFalse();
        assertThat(peer.payload().getDeliveryCount()).isZero();
    }

    @Test
    void theReceiversWayOfSettlingIsItsOwn() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "m");
        Attach attach = WirePeer.attaching("r", 1, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target());
        attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
        peer.send(attach);
        assertThat(peer.expect(Attach.class).getRcvSettleMode()).isEqualTo(ReceiverSettleMode.SECOND);
        peer.credit(1, 1, 0, false);
        peer.take();
        Disposition accepted = new Disposition();
        accepted.setRole(Role.RECEIVER);
        accepted.setFirst(UnsignedInteger.ZERO);
        accepted.setState(Accepted.getInstance());
        peer.send(accepted);
        Disposition settled = peer.expect(Disposition.class);
        assertThat(settled.getSettled()).isTrue();
        assertThat(settled.getState()).isInstanceOf(Accepted.class);
    }

    @Test
    void aDeletedQueueDetachesItsReceiver() throws IOException {
        filled("m");
        SERVER.deleteQueue(queue);
        assertThat(peer.detached()).isEqualTo("amqp:resource-deleted");
        peer.send(WirePeer.detach(1, true));
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void aDynamicSourceLivesAsLongAsItIsToldTo() throws IOException {
        Source dynamic = WirePeer.source(null);
        dynamic.setDynamic(true);
        dynamic.setDynamicNodeProperties(Map.of(Symbol.valueOf("lifetime-policy"), DeleteOnClose.getInstance()));
        Source made = (Source) peer.receiver(1, dynamic).getSource();
        assertThat(made.getDynamic()).isTrue();
        assertThat(made.getDynamicNodeProperties()).containsKey(Symbol.valueOf("lifetime-policy"));
        assertThat(SERVER.server().broker().findQueue(made.getAddress())).isPresent();
        peer.send(WirePeer.detach(1, true));
        peer.expect(Detach.class);
        assertThat(SERVER.server().broker().findQueue(made.getAddress())).isEmpty();
        dynamic.setExpiryPolicy(TerminusExpiryPolicy.CONNECTION_CLOSE);
        String kept = ((Source) peer.receiver(1, dynamic).getSource()).getAddress();
        peer.send(WirePeer.detach(1, true));
        peer.expect(Detach.class);
        assertThat(SERVER.server().broker().findQueue(kept)).isPresent();
        peer.send(new Close());
        peer.expect(Close.class);
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(kept).isEmpty());
    }

    private Source dynamic(Object lifetime) {
        Source dynamic = WirePeer.source(null);
        dynamic.setDynamic(true);
        dynamic.setDynamicNodeProperties(Map.of(Symbol.valueOf("lifetime-policy"), lifetime));
        return dynamic;
    }

    @Test
    void aNodeMayLiveUntilNobodyIsAttached() throws IOException {
        String name = ((Source) peer.receiver(1, dynamic(DeleteOnNoLinks.getInstance())).getSource()).getAddress();
        try (WirePeer other = WirePeer.open(SERVER.port(), SERVER.unique("other"))) {
            other.receiver(1, WirePeer.source(name, "queue"));
            peer.send(new Close());
            peer.expect(Close.class);
            assertThat(peer.rest()).isEmpty();
            other.sender(0, WirePeer.target(name, "queue"));
            other.putAll(0, "m");
            other.credit(1, 1, 0, false);
            assertThat(other.take()).isEqualTo("m");
            assertThat(SERVER.server().broker().findQueue(name)).isPresent();
        }
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(name).isEmpty());
    }

    @Test
    void aNodeMayLiveUntilItIsEmptyAsWell() throws IOException {
        String name = ((Source) peer.receiver(1, dynamic(DeleteOnNoLinksOrMessages.getInstance())).getSource()).getAddress();
        peer.sender(0, WirePeer.target(name, "queue"));
        peer.putAll(0, "m");
        peer.send(WirePeer.detach(1, true));
        peer.expect(Detach.class);
        peer.receiver(2, WirePeer.source(name, "queue"));
        peer.credit(2, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.settle(0, 0, Accepted.getInstance());
        peer.send(WirePeer.detach(2, true));
        peer.expect(Detach.class);
        Awaitility.await().until(() -> SERVER.server().broker().findQueue(name).isEmpty());
    }

    @Test
    void aRefusedLinkDisturbsNobody() throws IOException {
        peer.send(WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target("closed.c", "queue")));
        assertThat(peer.expect(Attach.class).getTarget()).isNull();
        assertThat(peer.detached()).isEqualTo("amqp:not-found");
        peer.send(peer.transfer(0, 0, false), WirePeer.message("pipelined"));
        peer.send(WirePeer.detach(0, true));
        Source bad = WirePeer.source(queue, "queue");
        bad.setFilter(Map.of(Symbol.valueOf("f"), new DescribedSelector("a = = b")));
        peer.receiver(1, bad);
        assertThat(peer.detached()).isEqualTo("amqp:invalid-field");
        peer.send(WirePeer.detach(1, true));
        peer.send(WirePeer.attaching("works", 2, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        peer.expect(Attach.class);
    }

    private record DescribedSelector(String text) implements DescribedType {
        @Override
        public Object getDescriptor() {
            return Symbol.valueOf("apache.org:selector-filter:string");
        }

        @Override
        public Object getDescribed() {
            return text;
        }
    }
}
