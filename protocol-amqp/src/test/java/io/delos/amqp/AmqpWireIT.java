package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes over the wire, frame by frame (AMQP document). */
class AmqpWireIT {

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config
            .withAcceptors(List.of(AcceptorConfig.of("artemis",
                    "tcp://127.0.0.1:0?amqpCredits=10&amqpLowCredits=3&amqpMaxMessageSize=20000&anycastPrefix=/queue/")))
            .withAddressSettings("closed.#", Map.of("auto-create-addresses", "false", "auto-create-queues", "false")));

    private WirePeer peer;
    private String queue;

    @BeforeEach
    void connect() throws IOException {
        peer = WirePeer.open(SERVER.port(), SERVER.unique("peer"));
        queue = SERVER.unique("wire.");
    }

    @AfterEach
    void disconnect() throws IOException {
        peer.close();
    }

    private static byte[] bytes(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    // ---- connecting

    @Test
    void theBrokerIntroducesItself() throws IOException {
        try (WirePeer fresh = new WirePeer(SERVER.port())) {
            fresh.write(WirePeer.PLAIN_HEADER);
            assertThat(fresh.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            fresh.send(WirePeer.opening("me"));
            Open open = fresh.expect(Open.class);
            assertThat(open.getContainerId()).isEqualTo(SERVER.server().broker().nodeId());
            assertThat(open.getMaxFrameSize().intValue()).isEqualTo(131072);
            assertThat(open.getChannelMax().intValue()).isEqualTo(65535);
            assertThat(open.getIdleTimeOut().intValue()).isEqualTo(30000);
            assertThat(open.getHostname()).isNull();
            assertThat(open.getOfferedCapabilities()).containsExactly(
                    WirePeer.symbols("sole-connection-for-container", "DELAYED_DELIVERY", "SHARED-SUBS", "ANONYMOUS-RELAY"));
            assertThat(open.getProperties().get(Symbol.valueOf("product"))).isEqualTo("apache-activemq-artemis");
            fresh.send(new Close());
            fresh.expect(Close.class);
            assertThat(fresh.rest()).isEmpty();
        }
    }

    @Test
    void saslOffersItsMechanismsAndTellsTheOutcome() throws IOException {
        try (WirePeer fresh = new WirePeer(SERVER.port())) {
            fresh.write(WirePeer.SASL_HEADER);
            assertThat(fresh.read(8)).isEqualTo(WirePeer.SASL_HEADER);
            String mechanisms = new String(fresh.readFrame(), StandardCharsets.ISO_8859_1);
            assertThat(mechanisms).contains("PLAIN").endsWith("ANONYMOUS");
            fresh.write(saslInit("ANONYMOUS"));
            byte[] outcome = fresh.readFrame();
            assertThat(outcome[outcome.length - 1]).isZero();
            fresh.write(WirePeer.PLAIN_HEADER);
            assertThat(fresh.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            fresh.send(WirePeer.opening("me"));
            fresh.expect(Open.class);
        }
    }

    @Test
    void anUnknownMechanismIsRefused() throws IOException {
        try (WirePeer fresh = new WirePeer(SERVER.port())) {
            fresh.write(WirePeer.SASL_HEADER);
            fresh.read(8);
            fresh.readFrame();
            fresh.write(saslInit("NONSENSE"));
            byte[] outcome = fresh.readFrame();
            assertThat(outcome[outcome.length - 1]).isEqualTo((byte) 2);
            assertThat(fresh.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
        }
    }

    private static byte[] saslInit(String mechanism) {
        AmqpWriter out = new AmqpWriter(64).put32(0).put32(0x0201_0000).descriptor(0x41);
        int list = out.beginList();
        out.symbol(mechanism).end(list, 1);
        out.set32(0, out.length());
        return out.toBytes();
    }

    @Test
    void damageClosesOneConnectionAndNoOther() throws IOException {
        byte[][] damages = {
            bytes('A', 'M', 'Q', 'P', 2, 1, 0, 0),
            concat(WirePeer.PLAIN_HEADER, bytes(0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 3, 2, 0, 0, 0)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x10, 0x40)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 10, 2, 0, 0, 0, 0xff, 0xff)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 17, 2, 0, 0, 0, 0, 0x53, 0x10, 0xd0, 0x7f, 0xff, 0xff, 0xff, 0x7f)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 8, 2, 1, 0, 0)),
            concat(WirePeer.PLAIN_HEADER, bytes(0, 0, 0, 8, 0xff, 0, 0, 0)),
        };
        for (byte[] damage : damages) {
            try (WirePeer broken = new WirePeer(SERVER.port())) {
                broken.write(damage);
                assertThat(broken.rest()).startsWith("AMQP\0\1\0\0").contains("framing-error");
            }
        }
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "still here");
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void framesThatMakeNoSenseCloseTheConnection() throws IOException {
        peer.send(peer.transfer(77, 0, false), WirePeer.message("to nobody"));
        assertThat(peer.expect(Close.class).getError().getCondition().toString()).isEqualTo("amqp:connection:framing-error");
        try (WirePeer other = WirePeer.open(SERVER.port(), "other")) {
            other.settle(0, -2, Accepted.getInstance());
            assertThat(other.expect(Close.class).getError().getCondition().toString()).isEqualTo("amqp:connection:framing-error");
        }
        try (WirePeer twice = WirePeer.open(SERVER.port(), "twice")) {
            twice.sender(0, WirePeer.target(queue, "queue"));
            twice.send(WirePeer.attaching("s0", 1, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
            assertThat(twice.expect(Close.class).getError()).isNotNull();
        }
    }

    // ---- sending

    @Test
    void creditIsFilledUpWhenLittleIsLeft() throws IOException {
        Flow first = peer.sender(0, WirePeer.target(queue, "queue"));
        assertThat(first.getLinkCredit().intValue()).isEqualTo(10);
        for (int i = 0; i < 7; i++) {
            peer.put(0, WirePeer.message("m" + i));
        }
        Flow refill = null;
        for (int seen = 0; seen < 8; seen++) {
            if (peer.next().getBody() instanceof Flow) {
                refill = (Flow) peer.lastBody();
            }
        }
        assertThat(refill).isNotNull();
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
            many = concat(many, peer.frame(peer.transfer(0, id, false), Encoded.of(message)));
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
        peer.send(peer.transfer(0, id, true), bytes(1, 2, 3));
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
        peer.put(0, bytes(9, 9, 9));
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

    // ---- receiving

    private void filled(Object... bodies) throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, bodies);
        peer.receiver(1, WirePeer.source(queue, "queue"));
    }

    @Test
    void drainingGivesWhatThereIsAndTakesTheRestOfTheCredit() throws IOException {
        filled("1", "2");
        peer.credit(1, 5, 0, true);
        assertThat(peer.take()).isEqualTo("1");
        assertThat(peer.take()).isEqualTo("2");
        Flow drained = peer.expect(Flow.class);
        assertThat(drained.getLinkCredit().intValue()).isZero();
        assertThat(drained.getDeliveryCount().intValue()).isEqualTo(5);
        peer.putAll(0, "3");
        peer.credit(1, 1, 5, false);
        assertThat(peer.take()).isEqualTo("3");
    }

    @Test
    void thereIsNoSuchThingAsTooMuchCredit() throws IOException {
        filled("1", "2");
        peer.credit(1, -1, 0, false);
        assertThat(peer.take()).isEqualTo("1");
        assertThat(peer.take()).isEqualTo("2");
    }

    @Test
    void creditIsKeptToEvenWhenItShrinks() throws IOException {
        filled("1", "2", "3");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("1");
        peer.credit(1, 0, 1, false);
        peer.putAll(0, "4");
        peer.credit(1, 2, 1, false);
        assertThat(peer.take()).isEqualTo("2");
        assertThat(peer.take()).isEqualTo("3");
        peer.putAll(0, "5");
        peer.credit(1, 1, 3, true);
        assertThat(peer.take()).isEqualTo("4");
    }

    @Test
    void aRangeIsSettledAtOnceAndDeliveriesAreNumberedFromZero() throws IOException {
        filled("0", "1", "2", "3", "4", "5");
        peer.credit(1, 6, 0, false);
        for (int i = 0; i < 6; i++) {
            Transfer transfer = peer.expect(Transfer.class);
            assertThat(transfer.getDeliveryId().intValue()).isEqualTo(i);
            assertThat(transfer.getDeliveryTag().getArray()).containsExactly(i);
        }
        peer.settle(0, 2, Accepted.getInstance());
        peer.settle(4, 5, Accepted.getInstance());
        try (WirePeer other = WirePeer.open(SERVER.port(), "range")) {
            other.receiver(0, WirePeer.source(queue, "queue"));
            other.credit(0, 10, 0, false);
            peer.send(new End());
            peer.expect(End.class);
            assertThat(other.take()).isEqualTo("3");
            assertThat(other.payload().getDeliveryCount()).isZero();
            other.credit(0, 10, 1, true);
            assertThat(other.expect(Flow.class).getLinkCredit().intValue()).isZero();
        }
    }

    @Test
    void everyOutcomeHasItsEffect() throws IOException {
        filled("m");
        peer.credit(1, 10, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.settle(0, 0, Released.getInstance());
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isZero();
        Modified failed = new Modified();
        failed.setDeliveryFailed(true);
        peer.settle(1, 1, failed);
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isEqualTo(1);
        Modified elsewhere = new Modified();
        elsewhere.setUndeliverableHere(true);
        peer.settle(2, 2, elsewhere);
        try (WirePeer other = WirePeer.open(SERVER.port(), "elsewhere")) {
            other.receiver(0, WirePeer.source(queue, "queue"));
            other.credit(0, 1, 0, false);
            assertThat(other.take()).isEqualTo("m");
            other.settle(0, 0, new Rejected());
            other.receiver(1, WirePeer.source("DLQ", "queue"));
            other.credit(1, 1000, 0, false);
            while (!queue.equals(annotation(other, "x-opt-ORIG-ADDRESS"))) {
                // letters of other tests
            }
            assertThat(other.payload().getDeliveryCount()).isZero();
        }
    }

    private static Object annotation(WirePeer peer, String name) throws IOException {
        peer.expect(Transfer.class);
        return peer.payload().getMessageAnnotations().getValue().get(Symbol.valueOf(name));
    }

    @Test
    void settlingWithoutAnOutcomeLeavesTheMessageUntilTheLinkEnds() throws IOException {
        filled("m");
        peer.credit(1, 2, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.settle(0, 0, null);
        peer.credit(1, 1, 1, true);
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isZero();
        try (WirePeer other = WirePeer.open(SERVER.port(), "later")) {
            other.receiver(0, WirePeer.source(queue, "queue"));
            other.credit(0, 1, 0, false);
            Detach detach = new Detach();
            detach.setHandle(UnsignedInteger.ONE);
            peer.send(detach);
            assertThat(peer.expect(Detach.class).getClosed()).isFalse();
            assertThat(other.take()).isEqualTo("m");
            assertThat(other.payload().getDeliveryCount()).isZero();
        }
    }

    @Test
    void theConsumerOfHigherPriorityIsServedFirst() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.receiver(2, WirePeer.source(queue + "?consumer-priority=5", "queue"));
        peer.credit(1, 5, 0, false);
        peer.credit(2, 1, 0, false);
        peer.put(0, WirePeer.message("first"));
        assertThat(transferAmong(2).getHandle().intValue()).isEqualTo(2);
        peer.put(0, WirePeer.message("second"));
        assertThat(transferAmong(2).getHandle().intValue()).isEqualTo(1);
    }

    private Transfer transferAmong(int frames) throws IOException {
        Transfer found = null;
        for (int i = 0; i < frames; i++) {
            Object body = peer.next().getBody();
            found = body instanceof Transfer ? (Transfer) body : found;
        }
        assertThat(found).isNotNull();
        return found;
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

    // ---- transactions

    private Object coordinate(int handle, Object request) throws IOException {
        peer.put(handle, WirePeer.message(request));
        return peer.expect(Disposition.class).getState();
    }

    @Test
    void aTransactionSpansSessionsLinksAndIsEndedOnce() throws IOException {
        filled("in");
        Attach coordinator = WirePeer.attaching("tx", 2, Role.SENDER, new Source(), null);
        coordinator.setTarget(new Coordinator());
        peer.send(coordinator);
        assertThat(((Coordinator) peer.expect(Attach.class).getTarget()).getCapabilities()).containsExactly(
                WirePeer.symbols("amqp:local-transactions", "amqp:multi-txns-per-ssn", "amqp:multi-ssns-per-txn"));
        peer.expect(Flow.class);
        Declared declared = (Declared) coordinate(2, new Declare());
        assertThat(declared.getTxnId().getLength()).isEqualTo(36);

        TransactionalState state = new TransactionalState();
        state.setTxnId(declared.getTxnId());
        Transfer transfer = peer.transfer(0, peer.nextDelivery(), false);
        transfer.setState(state);
        peer.send(transfer, WirePeer.message("out"));
        TransactionalState accepted = (TransactionalState) peer.expect(Disposition.class).getState();
        assertThat(accepted.getTxnId()).isEqualTo(declared.getTxnId());
        assertThat(accepted.getOutcome()).isInstanceOf(Accepted.class);

        peer.credit(1, 2, 0, false);
        assertThat(peer.take()).isEqualTo("in");
        state.setOutcome(Accepted.getInstance());
        peer.settle(0, 0, state);
        Discharge discharge = new Discharge();
        discharge.setTxnId(declared.getTxnId());
        peer.put(2, WirePeer.message(discharge));
        boolean committed = false;
        boolean delivered = false;
        while (!committed || !delivered) {
            Object body = peer.next().getBody();
            committed |= body instanceof Disposition && ((Disposition) body).getState() instanceof Accepted;
            delivered |= body instanceof Transfer && ((AmqpValue) peer.payload().getBody()).getValue().equals("out");
        }
        Rejected unknown = (Rejected) coordinate(2, discharge);
        assertThat(unknown.getError().getCondition().toString()).isEqualTo("amqp:illegal-state");
        assertThat(unknown.getError().getDescription()).startsWith("AMQ119014: Transaction not found");
    }
}
