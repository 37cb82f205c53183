package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.framing.TransportFrame;
import org.junit.jupiter.api.Test;

/** Which dispositions become one. */
class OutboxTest {

    private final Outbox outbox = new Outbox(new Books());
    private final ArrayDeque<Runnable> toSay = new ArrayDeque<>();

    private void say(int channel, Role role, long id, boolean settled, DeliveryState state) {
        Disposition disposition = new Disposition();
        disposition.setRole(role);
        disposition.setFirst(UnsignedInteger.valueOf(id));
        disposition.setLast(UnsignedInteger.valueOf(id));
        disposition.setSettled(settled);
        disposition.setState(state);
        say(channel, disposition);
    }

    private void say(int channel, FrameBody body) {
        toSay.add(() -> outbox.writeFrame(channel, body, null, null));
    }

    private void accept(long id) {
        say(0, Role.RECEIVER, id, true, Accepted.getInstance());
    }

    private List<String> written() {
        outbox.encode(() -> {
            while (!toSay.isEmpty()) {
                toSay.poll().run();
            }
        });
        EmbeddedChannel channel = new EmbeddedChannel();
        outbox.writeTo(channel);
        channel.flush();
        ByteBuf frames = channel.readOutbound();
        List<String> said = new ArrayList<>();
        while (frames.isReadable()) {
            TransportFrame frame = AmqpCodec.read(frames, AmqpCodec.frameSize(frames, 10_000)).orElseThrow();
            if (frame.getBody() instanceof Disposition) {
                Disposition disposition = (Disposition) frame.getBody();
                said.add(frame.getChannel() + ": " + disposition.getFirst() + "-" + disposition.getLast());
            } else {
                said.add(frame.getBody().getClass().getSimpleName());
            }
        }
        frames.release();
        return said;
    }

    @Test
    void consecutiveOnesThatSayTheSame() {
        for (int id = 0; id < 1000; id++) {
            accept(id);
        }
        assertThat(written()).containsExactly("0: 0-999");
    }

    @Test
    void theNumbersGoRoundTheEnd() {
        accept(0xffff_fffeL);
        accept(0xffff_ffffL);
        accept(0);
        accept(1);
        assertThat(written()).containsExactly("0: 4294967294-1");
    }

    @Test
    void nothingElse() {
        accept(0);
        accept(2);
        say(1, Role.RECEIVER, 3, true, Accepted.getInstance());
        say(1, Role.SENDER, 4, true, Accepted.getInstance());
        say(1, Role.SENDER, 5, false, Accepted.getInstance());
        say(1, Role.SENDER, 6, false, Released.getInstance());
        say(1, Role.SENDER, 7, false, new Rejected());
        say(1, Role.SENDER, 8, false, new Rejected());
        assertThat(written()).containsExactly("0: 0-0", "0: 2-2", "1: 3-3", "1: 4-4", "1: 5-5", "1: 6-6", "1: 7-7", "1: 8-8");
    }

    @Test
    void thoseOfOneTransaction() {
        for (int id = 0; id < 4; id++) {
            TransactionalState state = new TransactionalState();
            state.setTxnId(new Binary(new byte[] {(byte) (id / 2)}));
            state.setOutcome(Accepted.getInstance());
            say(0, Role.RECEIVER, id, true, state);
        }
        assertThat(written()).containsExactly("0: 0-1", "0: 2-3");
    }

    @Test
    void andNobodyIsToldThatSomethingWasDroppedWithoutAnOutcome() {
        say(0, Role.RECEIVER, 0, true, null);
        accept(1);
        assertThat(written()).containsExactly("0: 1-1");
    }

    @Test
    void otherFramesKeepTheirPlace() {
        accept(0);
        say(0, new End());
        accept(1);
        assertThat(written()).containsExactly("0: 0-0", "End", "0: 1-1");
    }
}
