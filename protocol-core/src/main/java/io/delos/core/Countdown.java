package io.delos.core;

import io.delos.broker.Reply;

/** Runs something once a number of answers have come, whatever they say; owned by one loop. */
final class Countdown {
    private final Runnable then;
    private int left;

    /** Counts one more than {@code count}: the caller's own {@link #arrived()}, when it has asked all its questions. */
    Countdown(int count, Runnable then) {
        this.left = count + 1;
        this.then = then;
    }

    /** One more answer will come. */
    void expect() {
        left++;
    }

    void arrived() {
        left--;
        if (left == 0) {
            then.run();
        }
    }

    <T> Reply<T> reply() {
        return Reply.of(result -> arrived(), refusal -> arrived());
    }
}
