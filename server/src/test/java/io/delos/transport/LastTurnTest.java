package io.delos.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.loop.Loops;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastTurnTest {
    private final Loops loops = new Loops(1);
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();

    @AfterEach
    void stop() {
        loops.close();
    }

    private boolean isDone() {
        looks.incrementAndGet();
        return done.get();
    }

    @Test
    void lastsUntilAllIsDone() {
        loops.control().post(() -> new LastTurn(loops.control(), this::isDone, ends::incrementAndGet));
        await().until(() -> looks.get() > 3);
        assertThat(ends).hasValue(0);
        done.set(true);
        await().until(() -> ends.get() == 1);
        int last = looks.get();
        loops.control().post(looks::incrementAndGet);
        await().until(() -> looks.get() > last);
        assertThat(looks).as("nobody looks any more").hasValue(last + 1);
    }

    @Test
    void endsOnceWhenSeveralSayThatSomethingWasDone() {
        loops.control().post(() -> {
            LastTurn turn = new LastTurn(loops.control(), this::isDone, ends::incrementAndGet);
            turn.soon();
            loops.control().post(() -> {
                assertThat(ends).hasValue(0);
                done.set(true);
                turn.soon();
                turn.soon();
                turn.end();
                loops.control().post(() -> ends.addAndGet(10));
            });
        });
        await().until(() -> ends.get() >= 10);
        assertThat(ends).hasValue(11);
    }
}
