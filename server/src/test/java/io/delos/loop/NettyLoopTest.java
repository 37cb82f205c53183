package io.delos.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyLoopTest {
    private final Loops loops = new Loops(2);
    private final Loop one = loops.next();
    private final Loop other = loops.next();
    private final List<String> ran = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void whatIsHandedOverRunsWithinTheTurn() throws Exception {
        CountDownLatch there = new CountDownLatch(2);
        CompletableFuture<Boolean> within = new CompletableFuture<>();
        one.post(() -> {
            one.post(() -> ran.add("own"));
            other.post(there::countDown);
            other.post(there::countDown);
            one.handOver();
            within.complete(came(there) && ran.isEmpty());
            one.post(() -> ran.add("later"));
        });
        assertThat(within.get(60, TimeUnit.SECONDS)).isTrue();
        CountDownLatch end = new CountDownLatch(1);
        one.post(end::countDown);
        assertThat(came(end)).isTrue();
        assertThat(ran).containsExactly("own", "later");
    }

    private static boolean came(CountDownLatch what) {
        try {
            return what.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void postsToOneLoopStayInOrder() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        one.post(() -> {
            other.post(() -> ran.add("a"));
            one.handOver();
            other.post(() -> ran.add("b"));
            one.handOver();
            other.post(() -> ran.add("c"));
            other.post(end::countDown);
        });
        assertThat(came(end)).isTrue();
        assertThat(ran).containsExactly("a", "b", "c");
    }
}
