package io.delos.sim;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.queue.Delivery;
import java.util.List;

/** What a subscriber held when it left, and has left for who comes for it: nobody's deliveries, as long as this process lives. */
final class LeftBehind {
    private final Node node;
    private final Life life;
    private final List<Delivery> deliveries;
    private final List<Copy> copies;

    /** @param copies of the deliveries, in their order */
    LeftBehind(Node node, List<Delivery> deliveries, List<Copy> copies) {
        this.node = node;
        this.life = node.life();
        this.deliveries = deliveries;
        this.copies = copies;
    }

    /** Accepts them, or gives them back, without any session. */
    void settle(Outcome outcome, Loop loop) {
        if (node.life() != life) {
            return;
        }
        Model model = node.model();
        boolean accepted = outcome.kind() == Outcome.Kind.ACCEPTED;
        copies.forEach(accepted ? model::ending : model::released);
        node.broker().settle(deliveries, outcome, loop, accepted ? Reply.of(done -> copies.forEach(model::ended), refusal -> { }) : Reply.ignored());
    }
}
