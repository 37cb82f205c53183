package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.loop.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who gets a client id, in which order, when several want it. */
class ClientNamesTest {

    private final ClientNames names = new ClientNames();
    private final List<String> heard = new ArrayList<>();
    private final Queue<Runnable> posted = new ArrayDeque<>();
    private final Client anna = client();
    private final Client bert = client();
    private final Client cleo = client();

    @Test
    void aFreeNameIsClaimedAtOnce() {
        claim(anna, "anna", false);
        assertThat(heard).containsExactly("anna has it");
    }

    @Test
    void aNameInUseIsRefusedUntilItIsGivenUp() {
        claim(anna, "anna", false);
        claim(bert, "bert", false);
        names.release("id", bert);
        claim(bert, "bert", false);
        names.release("id", anna);
        claim(bert, "bert", false);
        assertThat(heard).containsExactly("anna has it", "bert: NAME_IN_USE", "bert: NAME_IN_USE", "bert has it");
    }

    @Test
    void whoTakesOverWaitsUntilTheHolderHasLeft() {
        claim(anna, "anna", false);
        claim(bert, "bert", true);
        run();
        assertThat(heard).containsExactly("anna has it", "anna is to leave");
        names.release("id", anna);
        run();
        assertThat(heard).containsExactly("anna has it", "anna is to leave", "bert has taken it");
        claim(cleo, "cleo", false);
        assertThat(heard).last().isEqualTo("cleo: NAME_IN_USE");
    }

    @Test
    void severalTakeOverOneAfterTheOther() {
        claim(anna, "anna", false);
        claim(bert, "bert", true);
        claim(cleo, "cleo", true);
        run();
        heard.clear();
        names.release("id", anna);
        run();
        assertThat(heard).containsExactly("bert has taken it", "bert is to leave");
        names.release("id", bert);
        run();
        assertThat(heard).last().isEqualTo("cleo has taken it");
        names.release("id", cleo);
        claim(anna, "anna", false);
        assertThat(heard).last().isEqualTo("anna has it");
    }

    @Test
    void ofManyThreadsOneHoldsANameAtATime() throws InterruptedException {
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger claims = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            Client client = client();
            new Thread(() -> {
                for (int n = 0; n < 5_000; n++) {
                    names.claim("id", client, false, () -> { }, Reply.of(displaced -> {
                        claims.incrementAndGet();
                        most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                        holders.decrementAndGet();
                        names.release("id", client);
                    }, inUse -> { }));
                }
                done.countDown();
            }).start();
        }
        done.await();
        assertThat(most).hasValue(1);
        assertThat(claims).hasPositiveValue();
    }

    private void claim(Client client, String who, boolean takeOver) {
        names.claim("id", client, takeOver, () -> heard.add(who + " is to leave"), Reply.of(
                displaced -> heard.add(who + (displaced ? " has taken it" : " has it")), refusal -> heard.add(who + ": " + refusal.reason())));
    }

    private void run() {
        Runnable next;
        while ((next = posted.poll()) != null) {
            next.run();
        }
    }

    private Client client() {
        return new Client(null, new Mailbox(), new Client.Wire("1", "somewhere", () -> { }));
    }

    /** Keeps what is posted until the test runs it. */
    private final class Mailbox implements Loop {
        @Override
        public void post(Runnable task) {
            posted.add(task);
        }

        @Override
        public Timer schedule(Runnable task, long delayMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean inside() {
            return true;
        }

        @Override
        public String name() {
            return "test";
        }
    }
}
