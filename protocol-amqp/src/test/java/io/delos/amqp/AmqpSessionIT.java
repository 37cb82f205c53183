package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

/** What goes through sessions, channels and handles, and what does not (AMQP 1.0 part 2 §2.5, §2.6.2 and §2.7). */
class AmqpSessionIT extends WireCase {

    private void begin(int channel) throws IOException {
        peer.sendOn(channel, WirePeer.beginning());
        peer.expect(Begin.class);
    }

    private static Transfer transfer(int handle, long id, byte... tag) {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(UnsignedInteger.valueOf(id & 0xffff_ffffL));
        transfer.setDeliveryTag(new Binary(tag));
        return transfer;
    }

    @Test
    void aBeginIsAnsweredWithTheChannelItCameOn() throws IOException {
        peer.sendOn(7, WirePeer.beginning());
        Begin begin = peer.expect(Begin.class);
        assertThat(begin.getRemoteChannel()).isEqualTo(UnsignedShort.valueOf((short) 7));
        assertThat(begin.getHandleMax().longValue()).isEqualTo(65535);
        assertThat(begin.getNextOutgoingId().longValue()).isEqualTo(1);
        assertThat(begin.getIncomingWindow().longValue()).isEqualTo(Integer.MAX_VALUE);
        assertThat(peer.lastChannel()).isEqualTo(1);
        peer.sendOn(7, new End());
        peer.expect(End.class);
        assertThat(peer.lastChannel()).isEqualTo(1);
        begin(3);
        assertThat(peer.lastChannel()).isEqualTo(1);
    }

    @Test
    void aChannelHasOneSessionOrNone() throws IOException {
        peer.sendOn(9, new End());
        assertThat(peer.closed()).isEqualTo("amqp:not-allowed");
        try (WirePeer twice = WirePeer.open(SERVER.port(), "twice")) {
            twice.send(WirePeer.beginning());
            assertThat(twice.closed()).isEqualTo("amqp:not-allowed");
        }
        try (WirePeer answering = WirePeer.open(SERVER.port(), "answering")) {
            Begin answer = WirePeer.beginning();
            answer.setRemoteChannel(UnsignedShort.valueOf((short) 0));
            answering.sendOn(1, answer);
            assertThat(answering.closed()).isEqualTo("amqp:not-allowed");
        }
        othersAreServed();
    }

    @Test
    void aHandleThatIsNotAttachedEndsItsSessionAlone() throws IOException {
        Flow flow = peer.flow(77, 1, 0, false);
        FrameBody[] strays = {transfer(77, 0, (byte) 1), flow, WirePeer.detach(77, true)};
        for (FrameBody stray : strays) {
            begin(5);
            peer.sendOn(5, stray);
            assertThat(peer.ended()).isEqualTo("amqp:session:unattached-handle");
            peer.sendOn(5, stray);
            peer.sendOn(5, WirePeer.attaching("late", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
            peer.sendOn(5, new End());
        }
        works(peer, SERVER.unique("alone."));
        assertThat(SERVER.server().broker().findQueue(queue)).isEmpty();
    }

    @Test
    void aHandleIsUsedOnce() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.send(WirePeer.attaching("other", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        assertThat(peer.closed()).isEqualTo("amqp:session:handle-in-use");
        othersAreServed();
    }

    @Test
    void aHandleIsFreeAgainWhenItsLinkIsDetached() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.send(WirePeer.detach(0, true));
        assertThat(peer.expect(Detach.class).getClosed()).isTrue();
        peer.send(WirePeer.attaching("other", 0, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        assertThat(peer.expect(Attach.class).getRole()).isEqualTo(Role.SENDER);
    }

    @Test
    void aHandleBeyondTheMaximumIsAFramingError() throws IOException {
        peer.send(WirePeer.attaching("s", 65536, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        assertThat(peer.closed()).isEqualTo("amqp:connection:framing-error");
        othersAreServed();
    }

    @Test
    void thePeersMaximumOfHandlesIsKeptTo() throws IOException {
        Begin single = WirePeer.beginning();
        single.setHandleMax(UnsignedInteger.ZERO);
        peer.sendOn(5, single);
        peer.expect(Begin.class);
        peer.sendOn(5, WirePeer.attaching("first", 7, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        assertThat(peer.expect(Attach.class).getHandle()).isEqualTo(UnsignedInteger.ZERO);
        peer.sendOn(5, WirePeer.attaching("second", 8, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        assertThat(peer.ended()).isEqualTo("amqp:resource-limit-exceeded");
        peer.sendOn(5, new End());
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void aGapInTheNumbersOfDeliveriesEndsTheSession() throws IOException {
        Transfer tagless = transfer(0, 1);
        tagless.setDeliveryTag(null);
        Transfer nameless = transfer(0, 1, (byte) 1);
        nameless.setDeliveryId(null);
        Transfer[] wrong = {transfer(0, 2, (byte) 1), transfer(0, 0, (byte) 1), tagless, nameless, transfer(0, 1, new byte[33])};
        for (Transfer next : wrong) {
            begin(5);
            peer.sendOn(5, WirePeer.attaching(SERVER.unique("s"), 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
            peer.expect(Attach.class);
            peer.expect(Flow.class);
            peer.sendOn(5, transfer(0, 0, (byte) 0), WirePeer.message("first"));
            peer.expect(Disposition.class);
            peer.sendOn(5, next, WirePeer.message("wrong"));
            assertThat(peer.ended()).isEqualTo("amqp:invalid-field");
            peer.sendOn(5, new End());
        }
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void deliveriesOfALinkComeOneAfterTheOther() throws IOException {
        begin(5);
        peer.sendOn(5, WirePeer.attaching("s", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        peer.expect(Attach.class);
        peer.expect(Flow.class);
        Transfer first = transfer(0, 0, (byte) 0);
        first.setMore(true);
        peer.sendOn(5, first, WirePeer.message("first"));
        peer.sendOn(5, transfer(0, 1, (byte) 1), WirePeer.message("second"));
        assertThat(peer.ended()).isEqualTo("amqp:invalid-field");
        peer.sendOn(5, new End());
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void deliveriesOfTwoLinksMayAlternate() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        peer.sender(1, WirePeer.target(queue, "queue"));
        byte[] message = WirePeer.message("x".repeat(100));
        byte[] head = Arrays.copyOf(message, 50);
        byte[] tail = Arrays.copyOfRange(message, 50, message.length);
        Transfer[] first = {transfer(0, 0, (byte) 0), transfer(1, 1, (byte) 0)};
        for (Transfer begun : first) {
            begun.setMore(true);
            peer.send(begun, head);
        }
        for (int handle = 0; handle < 2; handle++) {
            Transfer rest = new Transfer();
            rest.setHandle(UnsignedInteger.valueOf(handle));
            peer.send(rest, tail);
        }
        Disposition answer = peer.expect(Disposition.class);
        if (answer.getLast() == null || answer.getLast().equals(answer.getFirst())) {
            peer.expect(Disposition.class);
        }
        peer.receiver(2, WirePeer.source(queue, "queue"));
        peer.credit(2, 2, 0, false);
        assertThat(peer.take()).isEqualTo("x".repeat(100));
        assertThat(peer.take()).isEqualTo("x".repeat(100));
    }

    @Test
    void numbersOfDeliveriesGoRoundTheEnd() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        for (long id = 0xffff_fffdL; id <= 0x1_0000_0002L; id++) {
            peer.send(transfer(0, id, (byte) id), WirePeer.message("m" + id));
            Disposition accepted = peer.expect(Disposition.class);
            assertThat(accepted.getFirst().longValue()).isEqualTo(id & 0xffff_ffffL);
            assertThat(accepted.getState()).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void aTransferAgainstTheLinksDirectionEndsTheSession() throws IOException {
        begin(5);
        peer.sendOn(5, WirePeer.attaching("r", 0, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        peer.expect(Attach.class);
        peer.sendOn(5, transfer(0, 0, (byte) 0), WirePeer.message("back"));
        assertThat(peer.ended()).isEqualTo("amqp:not-allowed");
        peer.sendOn(5, new End());
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void aRangeBeyondReasonEndsTheSession() throws IOException {
        begin(5);
        Disposition everything = new Disposition();
        everything.setRole(Role.RECEIVER);
        everything.setFirst(UnsignedInteger.ZERO);
        everything.setLast(UnsignedInteger.valueOf(0xffff_fffeL));
        everything.setSettled(true);
        peer.sendOn(5, everything);
        assertThat(peer.ended()).isEqualTo("amqp:invalid-field");
        peer.sendOn(5, new End());
        works(peer, SERVER.unique("alone."));
    }

    @Test
    void thePeersWindowIsKeptTo() throws IOException {
        filled("1", "2", "3");
        peer.send(WirePeer.detach(1, true));
        peer.expect(Detach.class);
        Begin narrow = WirePeer.beginning();
        narrow.setIncomingWindow(UnsignedInteger.valueOf(2));
        peer.sendOn(5, narrow);
        peer.expect(Begin.class);
        peer.sendOn(5, WirePeer.attaching("r", 0, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        peer.expect(Attach.class);
        Flow credit = peer.flow(0, 10, 0, false);
        credit.setIncomingWindow(UnsignedInteger.valueOf(2));
        credit.setEcho(true);
        peer.sendOn(5, credit);
        assertThat(transfersBeforeFlow(credit)).isEqualTo(2);
        Flow wider = peer.flow(0, 8, 2, false);
        wider.setNextIncomingId(UnsignedInteger.valueOf(3));
        peer.sendOn(5, wider);
        assertThat(peer.take()).isEqualTo("3");
    }

    /** How many messages come, however often the peer asks where things stand; no answer is left unread. */
    private int transfersBeforeFlow(Flow asking) throws IOException {
        int transfers = 0;
        int flows = 0;
        while (flows < 5 || transfers < 2) {
            if (peer.next().getBody() instanceof Transfer) {
                transfers++;
            } else {
                flows++;
                if (flows < 5) {
                    peer.sendOn(5, asking);
                }
            }
        }
        return transfers;
    }

    @Test
    void aSessionSaysWhereItStands() throws IOException {
        filled("1", "2");
        peer.credit(1, 2, 0, false);
        peer.take();
        peer.take();
        Flow asking = new Flow();
        asking.setNextIncomingId(UnsignedInteger.valueOf(3));
        asking.setIncomingWindow(UnsignedInteger.valueOf(10));
        asking.setNextOutgoingId(UnsignedInteger.valueOf(2));
        asking.setOutgoingWindow(UnsignedInteger.valueOf(10));
        asking.setEcho(true);
        peer.send(asking);
        Flow state = peer.expect(Flow.class);
        assertThat(state.getHandle()).isNull();
        assertThat(state.getLinkCredit()).isNull();
        assertThat(state.getNextIncomingId().longValue()).isEqualTo(2);
        assertThat(state.getNextOutgoingId().longValue()).isEqualTo(3);
    }

    @Test
    void whenASessionEndsItsMessagesReturnAndOthersGoOn() throws IOException {
        filled("m");
        begin(5);
        peer.sendOn(5, WirePeer.attaching("r5", 0, Role.RECEIVER, WirePeer.source(queue, "queue"), new Target()));
        peer.expect(Attach.class);
        peer.sendOn(5, peer.flow(0, 1, 0, false));
        assertThat(peer.take()).isEqualTo("m");
        peer.sendOn(5, new End());
        peer.expect(End.class);
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("m");
        assertThat(peer.payload().getDeliveryCount()).isZero();
    }
}
