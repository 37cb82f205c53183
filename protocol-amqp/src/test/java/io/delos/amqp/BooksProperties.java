package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.framing.TransportFrame;

/** What is counted of deliveries and credit, from any beginning and round the end of the numbers. */
class BooksProperties {

    private static final long SERIAL = 0xffff_ffffL;

    private Books books;
    private FrameRules rules;

    private Books.OfLink attached(boolean incoming, long initial, long nextOutgoing) {
        books = new Books();
        rules = new FrameRules(books, 10);
        hear(WirePeer.opening("peer"));
        Begin begin = WirePeer.beginning();
        begin.setNextOutgoingId(UnsignedInteger.valueOf(nextOutgoing));
        hear(begin);
        Begin answer = WirePeer.beginning();
        answer.setRemoteChannel(UnsignedShort.valueOf((short) 0));
        books.sent(3, answer);
        Attach attach = WirePeer.attaching("link", 5, incoming ? Role.SENDER : Role.RECEIVER, new Source(), WirePeer.target("a"));
        attach.setInitialDeliveryCount(UnsignedInteger.valueOf(initial));
        hear(attach);
        Attach ours = WirePeer.attaching("link", 9, incoming ? Role.RECEIVER : Role.SENDER, new Source(), WirePeer.target("a"));
        books.sent(3, ours);
        return books.link("link", incoming).orElseThrow();
    }

    private void hear(org.apache.qpid.proton.amqp.transport.FrameBody body) {
        assertThat(rules.judge(new TransportFrame(0, body, null))).isEqualTo(Verdict.FINE);
    }

    private static Flow flow(int handle, long count, long credit) {
        Flow flow = Books.state(new Books.OfSession(0, 0, 1));
        flow.setHandle(UnsignedInteger.valueOf(handle));
        flow.setDeliveryCount(UnsignedInteger.valueOf(count & SERIAL));
        flow.setLinkCredit(UnsignedInteger.valueOf(credit));
        return flow;
    }

    /** What the broker sends: counted as the peer counts it. */
    @Property(tries = 200)
    void creditIsNeverWrong(@ForAll @LongRange(min = 0, max = SERIAL) long start, @ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int steps) {
        Books.OfLink link = attached(false, 0, start);
        Random random = new Random(seed);
        // the broker counts from zero; a drain takes it anywhere
        long count = start;
        books.sent(3, flow(9, start, 0));
        long credit = 0;
        for (int step = 0; step < steps; step++) {
            if (credit == 0 || random.nextInt(10) == 0) {
                credit = random.nextInt(50);
                hear(flow(5, count, credit));
            } else if (random.nextInt(20) == 0) {
                count += credit;
                credit = 0;
                books.sent(3, flow(9, count, 0));
            } else {
                Transfer transfer = new Transfer();
                transfer.setHandle(UnsignedInteger.valueOf(9));
                boolean more = random.nextInt(4) == 0;
                transfer.setMore(more);
                books.sent(3, transfer);
                count += more ? 0 : 1;
                credit -= more ? 0 : 1;
            }
            Flow state = Books.state(link);
            assertThat(state.getDeliveryCount().longValue()).isEqualTo(count & SERIAL);
            assertThat(state.getLinkCredit().longValue()).isEqualTo(credit);
        }
    }

    /** What the peer sends. */
    @Property(tries = 200)
    void whatComesIsCounted(@ForAll @LongRange(min = 0, max = SERIAL) long start, @ForAll @LongRange(min = 0, max = SERIAL) long firstId,
            @ForAll @IntRange(min = 1, max = 2000) int messages) {
        Books.OfLink link = attached(true, start, firstId);
        books.sent(3, flow(9, start, messages));
        for (int i = 0; i < messages; i++) {
            Transfer transfer = new Transfer();
            transfer.setHandle(UnsignedInteger.valueOf(5));
            transfer.setDeliveryId(UnsignedInteger.valueOf(firstId + i & SERIAL));
            transfer.setDeliveryTag(new org.apache.qpid.proton.amqp.Binary(new byte[] {(byte) i}));
            hear(transfer);
            Flow state = Books.state(link);
            assertThat(state.getDeliveryCount().longValue()).isEqualTo(start + i + 1 & SERIAL);
            assertThat(state.getLinkCredit().longValue()).isEqualTo(messages - i - 1);
            assertThat(state.getNextIncomingId().longValue()).isEqualTo(firstId + i + 1 & SERIAL);
        }
    }
}
