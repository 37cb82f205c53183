package io.delos.amqp;

import io.delos.broker.OutgoingBody;
import io.delos.queue.Delivery;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.qpid.proton.engine.Sender;

/** The large messages of a link, one at a time, and what waits behind the one that is being sent. Owned by the connection's loop. */
final class Streaming {

    private final Engine engine;
    private final Sender link;
    private final Owner owner;
    private final ArrayDeque<Delivery> behind = new ArrayDeque<>(0);
    private Optional<LargeDelivery> current = Optional.empty();

    /** Whose messages they are. */
    interface Owner {

        /** Whether what is handed out waits from now on. */
        void withhold(boolean waits);

        /** These are next. */
        void next(List<Delivery> deliveries);
    }

    Streaming(Engine engine, Sender link, Owner owner) {
        this.engine = engine;
        this.link = link;
        this.owner = owner;
    }

    /** Whether one is being sent, so that nothing else may be. */
    boolean busy() {
        return current.isPresent();
    }

    /** How many messages were handed out that have not cost the link's credit yet. */
    int held() {
        return behind.size() + (busy() ? 1 : 0);
    }

    /** These come behind what is being sent. */
    void waitBehind(List<Delivery> deliveries) {
        behind.addAll(deliveries);
    }

    /** Sends a body: what comes in front of it is with the link, whose current delivery it is. */
    void begin(OutgoingBody body, Runnable sent, Consumer<IOException> lost) {
        LargeDelivery made = new LargeDelivery(engine, link, body, new LargeDelivery.Listener() {
            @Override
            public void sent() {
                sent.run();
                goOn();
            }

            @Override
            public void lost(IOException cause) {
                lost.accept(cause);
            }
        });
        current = Optional.of(made);
        owner.withhold(true);
        made.go();
    }

    private void goOn() {
        current = Optional.empty();
        owner.withhold(false);
        if (!behind.isEmpty()) {
            List<Delivery> next = List.copyOf(behind);
            behind.clear();
            owner.next(next);
        }
        engine.changed();
    }

    /** The client has seen enough of what is being sent. */
    void cut() {
        current.ifPresent(LargeDelivery::finish);
    }

    /** Nothing more is sent. */
    void end() {
        behind.clear();
        current.ifPresent(LargeDelivery::end);
        current = Optional.empty();
    }
}
