package io.delos.broker;

import java.util.function.Consumer;

/** Takes the answer to something asked of the broker; called once, on the asker's loop. */
public interface Reply<T> {

    /** It was done; for durable things, it is on disk. */
    void done(T result);

    /** It was refused and has had no effect. */
    void failed(BrokerException refusal);

    /** Whether somebody waits for it to be done. */
    default boolean awaited() {
        return true;
    }

    /** A reply made of two functions. */
    static <T> Reply<T> of(Consumer<? super T> done, Consumer<BrokerException> failed) {
        return new Reply<>() {
            @Override
            public void done(T result) {
                done.accept(result);
            }

            @Override
            public void failed(BrokerException refusal) {
                failed.accept(refusal);
            }
        };
    }

    /** For when nobody waits: refusals are dropped too. */
    static <T> Reply<T> ignored() {
        return refusals(refusal -> { });
    }

    /** For when nobody waits, but refusals are heard of. */
    static <T> Reply<T> refusals(Consumer<BrokerException> failed) {
        return new Reply<>() {
            @Override
            public boolean awaited() {
                return false;
            }

            @Override
            public void done(T result) { }

            @Override
            public void failed(BrokerException refusal) {
                failed.accept(refusal);
            }
        };
    }
}
