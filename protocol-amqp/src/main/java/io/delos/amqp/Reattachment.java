package io.delos.amqp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Transfer;

/**
 * A link whose peer says, when it attaches it, what it holds unsettled: what both say of that, and which deliveries are resumed (AMQP 1.0 part 2
 * §2.6.13). Proton knows nothing of it, so it is told to frames as they pass. Owned by the connection's loop.
 */
final class Reattachment {

    /** What an entry of the map takes beside its tag, at most: a state in short. */
    private static final int ENTRY = 24;

    private final Map<Binary, Object> peers = new LinkedHashMap<>();
    private final boolean peersAreAll;
    private Map<Binary, DeliveryState> stated = Map.of();
    private boolean incomplete;
    /** Of those the peer may resume. */
    private final Set<Binary> resumable = new HashSet<>();
    /** Of those the peer has begun to resume. */
    private final Set<Binary> resumed = new HashSet<>();
    /** Of those that are resumed here, and whether the first transfer has gone. */
    private final Map<Binary, Boolean> resuming = new HashMap<>();

    private Reattachment(Map<?, ?> peers, boolean incomplete) {
        peers.forEach((tag, state) -> this.peers.put((Binary) tag, state));
        this.peersAreAll = !incomplete;
    }

    /** Whether a map is one of delivery-tags. */
    static boolean isFit(Map<?, ?> unsettled, int longestTag) {
        return unsettled.keySet().stream().allMatch(tag -> tag instanceof Binary && ((Binary) tag).getLength() <= longestTag);
    }

    /** Of an attach that has a map, a fit one. */
    static Reattachment of(Attach attach) {
        return new Reattachment(attach.getUnsettled(), attach.getIncompleteUnsettled());
    }

    /** Whether the peer holds it. */
    boolean peerHas(Binary tag) {
        return peers.containsKey(tag);
    }

    /** The peer's state of it; null for none. */
    Object peersState(Binary tag) {
        return peers.get(tag);
    }

    /** Whether what the peer's map lacks is settled there, or never came. */
    boolean peersAreAll() {
        return peersAreAll;
    }

    /** Whether messages may be sent that are not resumed: not when one of the maps is incomplete. */
    boolean newOnes() {
        return peersAreAll && !incomplete;
    }

    /** What our attach is to say, as far as it fits into so many bytes. */
    void state(Map<Binary, DeliveryState> unsettled, int bytes) {
        Map<Binary, DeliveryState> fitting = new LinkedHashMap<>();
        int left = bytes;
        for (Map.Entry<Binary, DeliveryState> each : unsettled.entrySet()) {
            left -= ENTRY + each.getKey().getLength();
            if (left < 0) {
                incomplete = true;
                break;
            }
            fitting.put(each.getKey(), brief(each.getValue()));
        }
        stated = fitting;
    }

    /** A state without details: those are told with the delivery itself. */
    private static DeliveryState brief(DeliveryState state) {
        if (state instanceof Rejected) {
            return new Rejected();
        } else if (state instanceof Modified) {
            Modified brief = new Modified();
            brief.setDeliveryFailed(((Modified) state).getDeliveryFailed());
            brief.setUndeliverableHere(((Modified) state).getUndeliverableHere());
            return brief;
        }
        return state instanceof Accepted || state instanceof Released ? state : fromTheBeginning();
    }

    /** All of a message can be sent again. */
    static Received fromTheBeginning() {
        Received received = new Received();
        received.setSectionNumber(UnsignedInteger.ZERO);
        received.setSectionOffset(UnsignedLong.ZERO);
        return received;
    }

    /** Our attach goes; after that nobody looks at the maps any more. */
    void complete(Attach attach) {
        attach.setUnsettled(stated);
        attach.setIncompleteUnsettled(incomplete);
        stated = Map.of();
        peers.clear();
    }

    /** These the peer may resume. */
    void resumable(Set<Binary> tags) {
        resumable.addAll(tags);
    }

    /** A delivery of the peer's begins that is marked as resumed; whether it is one that may be. */
    boolean resumes(Binary tag) {
        return resumable.remove(tag) && resumed.add(tag);
    }

    /** Whether a delivery that comes is a resumed one. */
    boolean isResumed(Binary tag) {
        return resumed.contains(tag);
    }

    /** A resumed one has come to its end. */
    void came(Binary tag) {
        resumed.remove(tag);
    }

    /** What is sent with this tag next is a resumed delivery. */
    void resume(Binary tag) {
        resuming.put(tag, false);
    }

    /** One of a link's transfers goes. */
    void mark(Transfer transfer, boolean withPayload) {
        Boolean begun = resuming.get(transfer.getDeliveryTag());
        if (begun != null) {
            transfer.setResume(true);
            if (!begun && withPayload && transfer.getState() == null) {
                transfer.setState(fromTheBeginning());
            }
            resuming.put(transfer.getDeliveryTag(), true);
        }
    }

    /** It has gone. */
    void gone(Transfer transfer) {
        if (!transfer.getMore()) {
            resuming.remove(transfer.getDeliveryTag());
        }
    }
}
