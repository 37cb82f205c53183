package io.delos.broker;

import io.delos.address.RefusedException;
import io.delos.loop.Loop;
import io.delos.store.Fact;
import io.delos.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the address book is changed: entered on the control loop, made durable, then published and answered. May be called on any loop. */
final class BookChanges {

    private final Store store;
    private final Loop control;

    BookChanges(Store store, Loop control) {
        this.store = store;
        this.control = control;
    }

    /** The control loop. */
    Loop control() {
        return control;
    }

    /** A change of the book; what it returns has been entered but not published. */
    interface Change<T> {
        T enter(List<Fact> facts) throws RefusedException;
    }

    /** On the control loop, once the change is durable. */
    interface Answer<T> {
        void publish(T result);
    }

    /** Runs the change on the control loop; when its facts are durable publishes it. A refusal is told on {@code loop}. */
    <T> void make(Loop loop, Change<T> change, Answer<T> answer, Reply<?> refusal) {
        control.post(() -> {
            List<Fact> facts = new ArrayList<>();
            T result;
            try {
                result = change.enter(facts);
            } catch (RefusedException refused) {
                BrokerException reason = new BrokerException(Reason.valueOf(refused.kind().name()), refused.getMessage());
                loop.post(() -> refusal.failed(reason));
                return;
            }
            store.write(new Settlements.NoteUnit(facts, Optional.of(control), Reply.of(
                    done -> answer.publish(result), failed -> loop.post(() -> refusal.failed(failed)))));
        });
    }
}
