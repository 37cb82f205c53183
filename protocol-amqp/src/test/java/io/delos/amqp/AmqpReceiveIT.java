package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

/** Messages to clients: credit, settlement, outcomes, as frames (AMQP document, sections 6 to 9). */
class AmqpReceiveIT extends WireCase {

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
    void creditThatShrinksIsStillCredit() throws IOException {
        filled();
        peer.credit(1, 10, 0, false);
        Flow less = peer.flow(1, 2, 0, false);
        less.setEcho(true);
        peer.send(less);
        // heard, before anything is there to be sent
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isEqualTo(2);
        try (WirePeer other = WirePeer.open(SERVER.port(), "shrinks")) {
            other.sender(0, WirePeer.target(queue, "queue"));
            other.putAll(0, "1", "2", "3");
        }
        assertThat(peer.take()).isEqualTo("1");
        assertThat(peer.take()).isEqualTo("2");
        Flow none = peer.flow(1, 0, 2, false);
        none.setEcho(true);
        peer.send(none);
        peer.expect(Flow.class);
        peer.credit(1, 1, 2, false);
        assertThat(peer.take()).isEqualTo("3");
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

    private static Modified modified(Map<Symbol, Object> annotations) {
        Modified modified = new Modified();
        modified.setDeliveryFailed(true);
        modified.setMessageAnnotations(annotations);
        return modified;
    }

    private Map<Symbol, Object> annotations() {
        return peer.payload().getMessageAnnotations().getValue();
    }

    @Test
    void whatAReceiverNotesOnAMessageIsThereForTheNext() throws IOException {
        Symbol one = Symbol.valueOf("x-opt-one");
        Symbol two = Symbol.valueOf("x-opt-two");
        peer.sender(0, WirePeer.target(queue, "queue"));
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue("m"));
        message.setMessageAnnotations(new MessageAnnotations(Map.of(one, "sent", Symbol.valueOf("x-opt-kept"), "kept")));
        peer.put(0, Encoded.of(message));
        peer.expect(Disposition.class);
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 10, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        peer.settle(0, 0, modified(Map.of(one, Symbol.valueOf("first"), two, UnsignedInteger.valueOf(7))));
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isEqualTo(1);
        assertThat(annotations()).isEqualTo(Map.of(one, "first", two, 7L, Symbol.valueOf("x-opt-kept"), "kept"));
        peer.settle(1, 1, modified(Map.of(two, "second")));
        assertThat(peer.take()).isEqualTo("m");
        assertThat(annotations()).isEqualTo(Map.of(one, "first", two, "second", Symbol.valueOf("x-opt-kept"), "kept"));
        peer.settle(2, 2, new Rejected());
        try (WirePeer undertaker = WirePeer.open(SERVER.port(), "undertaker")) {
            undertaker.receiver(1, WirePeer.source("DLQ", "queue"));
            undertaker.credit(1, 1000, 0, false);
            while (!queue.equals(annotation(undertaker, "x-opt-ORIG-ADDRESS"))) {
                // letters of other tests
            }
            assertThat(undertaker.payload().getMessageAnnotations().getValue()).containsEntry(one, "first").containsEntry(two, "second");
        }
    }

    @Test
    void whyAMessageWasRejectedStandsOnTheDeadLetter() throws IOException {
        filled("m");
        peer.credit(1, 1, 0, false);
        peer.take();
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf("shop:out-of-stock"), "no such thing"));
        peer.settle(0, 0, rejected);
        try (WirePeer undertaker = WirePeer.open(SERVER.port(), "undertaker")) {
            undertaker.receiver(1, WirePeer.source("DLQ", "queue"));
            undertaker.credit(1, 1000, 0, false);
            while (!queue.equals(annotation(undertaker, "x-opt-ORIG-ADDRESS"))) {
                // letters of other tests
            }
            Map<Symbol, Object> annotations = undertaker.payload().getMessageAnnotations().getValue();
            assertThat(annotations).containsEntry(Symbol.valueOf("x-opt-REJECTED-CONDITION"), "shop:out-of-stock")
                    .containsEntry(Symbol.valueOf("x-opt-REJECTED-DESCRIPTION"), "no such thing");
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
    void aReceiverThatStopsHearsWhenNoMoreWillCome() throws IOException {
        filled("1", "2", "3");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("1");
        peer.credit(1, 5, 1, false);
        Flow stop = peer.flow(1, 0, 1, false);
        stop.setEcho(true);
        peer.send(stop);
        int more = 0;
        while (peer.next().getBody() instanceof Transfer) {
            more++;
        }
        Flow state = (Flow) peer.lastBody();
        assertThat(state.getLinkCredit().intValue()).isZero();
        assertThat(state.getDeliveryCount().intValue()).isEqualTo(1 + more);
        peer.putAll(0, "4");
    }

    /** Whether messages are under way when the credit goes is chance, so it is tried more than once. */
    @Test
    void aReceiverThatStopsWithMessagesUnderWayGetsThemWhenItGoesOn() throws IOException {
        for (int round = 0; round < 40; round++) {
            int out = 2 * round;
            String name = queue + "." + round;
            peer.sender(out, WirePeer.target(name, "queue"));
            peer.putAll(out, "1", "2");
            peer.receiver(out + 1, WirePeer.source(name, "queue"));
            peer.credit(out + 1, 5, 0, false);
            Flow stop = peer.flow(out + 1, 0, 0, false);
            stop.setEcho(true);
            peer.send(stop);
            int came = 0;
            while (peer.next().getBody() instanceof Transfer) {
                came++;
            }
            assertThat(((Flow) peer.lastBody()).getLinkCredit().intValue()).isZero();
            peer.credit(out + 1, 5, came, false);
            for (; came < 2; came++) {
                assertThat(peer.take()).isEqualTo(Integer.toString(came + 1));
            }
        }
    }

    @Test
    void aReceiverMayStopForAWhile() throws IOException {
        filled("1", "2");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("1");
        Flow pause = peer.flow(1, 0, 1, false);
        pause.setEcho(true);
        peer.send(pause);
        assertThat(peer.expect(Flow.class).getLinkCredit().intValue()).isZero();
        peer.credit(1, 1, 1, false);
        assertThat(peer.take()).isEqualTo("2");
    }

    @Test
    void aReceiversFlowWithoutCreditDetachesTheLink() throws IOException {
        filled("1");
        Flow nothing = peer.flow(1, 1, 0, false);
        nothing.setLinkCredit(null);
        peer.send(nothing);
        assertThat(peer.detached()).isEqualTo("amqp:invalid-field");
        peer.send(WirePeer.detach(1, true));
        peer.putAll(0, "2");
    }

    @Test
    void creditWithoutACountIsCountedFromTheBeginning() throws IOException {
        filled("1", "2");
        Flow early = peer.flow(1, 2, 0, false);
        early.setDeliveryCount(null);
        peer.send(early);
        assertThat(peer.take()).isEqualTo("1");
        assertThat(peer.take()).isEqualTo("2");
    }

    @Test
    void whatIsSentSettledIsGone() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "1", "2");
        Attach attach = WirePeer.attaching("r", 1, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target());
        attach.setSndSettleMode(SenderSettleMode.SETTLED);
        peer.send(attach);
        assertThat(peer.expect(Attach.class).getSndSettleMode()).isEqualTo(SenderSettleMode.SETTLED);
        peer.credit(1, 1, 0, false);
        assertThat(peer.expect(Transfer.class).getSettled()).isTrue();
        peer.send(WirePeer.detach(1, true));
        peer.expect(Detach.class);
        peer.receiver(2, WirePeer.source(queue, "queue"));
        peer.credit(2, 2, 0, true);
        assertThat(peer.take()).isEqualTo("2");
        assertThat(peer.expect(Flow.class).getDeliveryCount().intValue()).isEqualTo(2);
    }

    @Test
    void anOutcomeThatIsNotSettledIsAnsweredInRanges() throws IOException {
        filled("0", "1", "2", "3");
        peer.credit(1, 4, 0, false);
        for (int i = 0; i < 4; i++) {
            assertThat(peer.expect(Transfer.class).getSettled()).isNotEqualTo(true);
        }
        Disposition all = new Disposition();
        all.setRole(Role.RECEIVER);
        all.setFirst(UnsignedInteger.ZERO);
        all.setLast(UnsignedInteger.valueOf(3));
        all.setState(Accepted.getInstance());
        peer.send(all);
        Disposition answer = peer.expect(Disposition.class);
        assertThat(answer.getRole()).isEqualTo(Role.SENDER);
        assertThat(answer.getSettled()).isTrue();
        assertThat(answer.getState()).isInstanceOf(Accepted.class);
        assertThat(answer.getFirst().intValue()).isZero();
        assertThat(answer.getLast().intValue()).isEqualTo(3);
    }

    @Test
    void aStateThatIsNoOutcomeChangesNothing() throws IOException {
        filled("m");
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        Received received = new Received();
        received.setSectionNumber(UnsignedInteger.ZERO);
        received.setSectionOffset(UnsignedLong.valueOf(5));
        Disposition some = new Disposition();
        some.setRole(Role.RECEIVER);
        some.setFirst(UnsignedInteger.ZERO);
        some.setState(received);
        peer.send(some);
        peer.settle(0, 0, Released.getInstance());
        peer.credit(1, 1, 1, false);
        assertThat(peer.take()).isEqualTo("m");
    }

    @Test
    void whatIsTooLargeForOneReceiverGoesToAnother() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.putAll(0, "x".repeat(200), "small");
        Attach narrow = WirePeer.attaching("narrow", 1, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target());
        narrow.setMaxMessageSize(UnsignedLong.valueOf(100));
        peer.send(narrow);
        peer.expect(Attach.class);
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("small");
        peer.receiver(2, WirePeer.source(queue, "queue"));
        peer.credit(2, 1, 0, false);
        assertThat(peer.take()).isEqualTo("x".repeat(200));
        assertThat(peer.payload().getDeliveryCount()).isZero();
    }

    @Test
    void tenPrioritiesAreDistinctAndTheFourthIsUsual() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        int[] priorities = {3, 0, 9, 5, 200, 1, 8, 4, 10, 7, 2, 6};
        for (int priority : priorities) {
            org.apache.qpid.proton.message.Message message = Encoded.decode(WirePeer.message(priority));
            message.setPriority((short) priority);
            accepted(Encoded.of(message));
        }
        accepted(WirePeer.message("usual"));
        peer.receiver(1, WirePeer.source(queue, "queue"));
        peer.credit(1, 13, 0, false);
        for (Object expected : new Object[] {9, 200, 10, 8, 7, 6, 5, 4, "usual", 3, 2, 1, 0}) {
            assertThat(peer.take()).isEqualTo(expected);
        }
    }

    private void accepted(byte[] message) throws IOException {
        peer.put(0, message);
        while (!(peer.next().getBody() instanceof Disposition)) {
            // credit comes in between
        }
    }

    @Test
    void tagsAreNotUsedTwiceAtATime() throws IOException {
        filled("0", "1", "2");
        peer.credit(1, 2, 0, false);
        Binary first = peer.expect(Transfer.class).getDeliveryTag();
        Binary second = peer.expect(Transfer.class).getDeliveryTag();
        assertThat(second).isNotEqualTo(first);
        peer.settle(0, 0, Accepted.getInstance());
        peer.credit(1, 1, 2, false);
        assertThat(peer.expect(Transfer.class).getDeliveryTag()).isNotEqualTo(second);
    }
}
