package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.loop.Loop;
import io.delos.loop.Loops;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private final Loops loops = new Loops(1);
    private final Loop loop = loops.next();
    private final List<Boolean> reads = new ArrayList<>();
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void close() {
        loops.close();
    }

    private Turns turns(ReadAhead shared, BackPressure how) {
        Client client = new Client(null, loop, new Client.Wire("", "", () -> { }));
        client.onPressure(pause -> reads.add(!pause));
        Turns turns = new Turns(client, loop, shared);
        turns.backPressure(how);
        return turns;
    }

    private void onLoop(Runnable test) throws Exception {
        CompletableFuture.runAsync(test, loop).get(10, TimeUnit.SECONDS);
    }

    @Test
    void whatWaitsGoesInOrderWhenAllThatWasWaitedForHasCome() throws Exception {
        Turns turns = turns(new ReadAhead(1 << 20), BackPressure.SOCKET);
        onLoop(() -> {
            turns.block();
            turns.hold();
            turns.inOrder(() -> done.add("a"), 0);
            turns.inOrder(() -> done.add("b"), 0);
            turns.unblock();
            assertThat(done).as("still held").isEmpty();
            turns.letGo();
            assertThat(done).containsExactly("a", "b");
            assertThat(reads).containsExactly(false, true);
        });
    }

    @Test
    void anOperationThatBlocksKeepsThoseBehindItWaiting() throws Exception {
        Turns turns = turns(new ReadAhead(1 << 20), BackPressure.SOCKET);
        onLoop(() -> {
            turns.hold();
            turns.inOrder(turns::block, 0);
            turns.inOrder(() -> done.add("b"), 0);
            turns.letGo();
            assertThat(done).isEmpty();
            turns.unblock();
            assertThat(done).containsExactly("b");
            assertThat(reads).containsExactly(false, true);
        });
    }

    @Test
    void whatAnOperationAsksForComesBeforeWhatIsBehindIt() throws Exception {
        Turns turns = turns(new ReadAhead(1 << 20), BackPressure.SOCKET);
        onLoop(() -> {
            turns.hold();
            turns.inOrder(() -> {
                turns.block();
                turns.inOrder(() -> done.add("a"), 0);
                turns.unblock();
                turns.inOrder(() -> done.add("b"), 0);
                turns.block();
            }, 0);
            turns.inOrder(() -> done.add("c"), 0);
            turns.letGo();
            assertThat(done).isEmpty();
            turns.unblock();
            assertThat(done).containsExactly("a", "b", "c");
        });
    }

    @Test
    void afterTheEndNothingWaits() throws Exception {
        ReadAhead shared = new ReadAhead(1 << 20);
        Turns turns = turns(shared, BackPressure.SOCKET);
        onLoop(() -> {
            turns.block();
            turns.inOrder(() -> done.add("a"), 0);
            turns.end();
            turns.unblock();
            turns.hold();
            turns.inOrder(() -> done.add("b"), 0);
            turns.letGo();
            assertThat(done).containsExactly("b");
            assertThat(reads).containsExactly(false, true);
            assertThat(shared.bytes()).isZero();
        });
    }

    @Test
    void allSessionsTogetherReadAheadOnlySoFar() throws Exception {
        ReadAhead shared = new ReadAhead(1000);
        Turns one = turns(shared, BackPressure.READ_AHEAD);
        Turns other = turns(shared, BackPressure.CREDIT);
        onLoop(() -> {
            one.hold();
            one.inOrder(() -> done.add("a"), 400);
            assertThat(reads).isEmpty();
            other.hold();
            other.inOrder(() -> done.add("b"), 400);
            assertThat(reads).as("the second goes beyond what all may have").containsExactly(false);
            one.letGo();
            other.end();
            assertThat(done).containsExactly("a");
            assertThat(reads).containsExactly(false, true);
            assertThat(shared.bytes()).isZero();
        });
    }
}
