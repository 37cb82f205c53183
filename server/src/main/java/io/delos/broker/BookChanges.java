package io.delos.broker;

import io.delos.address.RefusedException;
import io.delos.loop.Loop;
import io.delos.store.Fact;
import io.delos.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** How the address book is changed: entered on the control loop, made durable, then published and answered; but see {@link #makeOnTheWay}. May be called on any loop. */
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
        enter(loop, change, refusal, (facts, result) -> write(facts, Reply.of(
                done -> answer.publish(result), failed -> loop.post(() -> refusal.failed(failed)))));
    }

    /**
     * As {@link #make}, for a change of addresses alone that nobody has asked for by name: published at once. Nothing durable refers to an address
     * without a queue, and what is written later stands behind it in the journal.
     */
    <T> void makeOnTheWay(Loop loop, Change<T> change, Answer<T> answer, Reply<?> refusal) {
        enter(loop, change, refusal, (facts, result) -> {
            assert facts.stream().allMatch(Fact.Address.class::isInstance) : facts;
            write(facts, Reply.ignored());
            answer.publish(result);
        });
    }

    private <T> void enter(Loop loop, Change<T> change, Reply<?> refusal, BiConsumer<List<Fact>, T> entered) {
        control.post(() -> {
            List<Fact> facts = new ArrayList<>();
            try {
                T result = change.enter(facts);
                entered.accept(facts, result);
            } catch (RefusedException refused) {
                BrokerException reason = new BrokerException(Reason.valueOf(refused.kind().name()), refused.getMessage());
                loop.post(() -> refusal.failed(reason));
            }
        });
    }

    private void write(List<Fact> facts, Reply<Void> durable) {
        store.write(new Settlements.NoteUnit(facts, Optional.of(control), durable));
    }
}
