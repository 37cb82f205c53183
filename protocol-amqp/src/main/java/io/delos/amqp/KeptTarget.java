package io.delos.amqp;

import io.delos.broker.Session;
import io.delos.loop.Loop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.DeliveryState;

/**
 * What a peer has sent over a link and the broker has not settled, with what has become of it: what was under way when the link ended is still decided.
 * Owned by the loop of the connection that the link is, or was, on.
 */
final class KeptTarget implements Kept {

    /** How often it is looked whether all is decided, in milliseconds. */
    private static final long LOOK_MILLIS = 20;

    private final Loop loop;
    /** Over which it is sent on, as long as something is not decided. */
    private Optional<Session> sending;
    /** By tags; empty for what is not decided. */
    private final Map<Binary, Optional<DeliveryState>> states = new LinkedHashMap<>();
    private boolean left;

    KeptTarget(Session session, Loop loop) {
        this.sending = Optional.of(session);
        this.loop = loop;
    }

    /** A message has come whole. */
    void begun(Binary tag) {
        states.put(tag, Optional.empty());
    }

    /** This has become of it. */
    void decided(Binary tag, DeliveryState state) {
        states.put(tag, Optional.of(state));
        letGo();
    }

    /** The link is gone: nothing new will come. */
    void left() {
        left = true;
        letGo();
    }

    private boolean decided() {
        return !states.containsValue(Optional.<DeliveryState>empty());
    }

    private void letGo() {
        if (left && decided()) {
            sending = Optional.empty();
        }
    }

    /** It is settled on both sides, or as if it had never come. */
    void forget(Binary tag) {
        states.remove(tag);
        letGo();
    }

    /** What is known of it; empty for nothing. */
    Optional<DeliveryState> state(Binary tag) {
        return states.getOrDefault(tag, Optional.empty());
    }

    /** Goes on with what another link has left. */
    void adopt(Map<Binary, DeliveryState> decided) {
        decided.forEach((tag, state) -> states.put(tag, Optional.of(state)));
    }

    /** Tells, on this loop, what has become of everything, when it is decided: for the one who has taken it. Any loop. */
    void handOver(Loop to, Consumer<Map<Binary, DeliveryState>> then) {
        loop.post(() -> look(to, then));
    }

    private void look(Loop to, Consumer<Map<Binary, DeliveryState>> then) {
        if (sending.isPresent() && sending.get().isClosed() && !sending.get().sending()) {
            // what the journal has not had by now was never sent
            states.values().removeIf(Optional::isEmpty);
        }
        if (!decided()) {
            loop.schedule(() -> look(to, then), LOOK_MILLIS);
            return;
        }
        Map<Binary, DeliveryState> decided = new LinkedHashMap<>();
        states.forEach((tag, state) -> decided.put(tag, state.orElseThrow()));
        to.post(() -> then.accept(decided));
    }

    @Override
    public int size() {
        return states.size();
    }

    @Override
    public void giveUp() {
        // nothing waits for it: what was sent is where it was sent to
    }
}
