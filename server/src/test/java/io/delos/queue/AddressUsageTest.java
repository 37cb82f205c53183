package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AddressSettings;
import io.delos.config.FullPolicy;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AddressUsageTest {

    private static final AddressSettings.Limits PAGE = AddressSettings.DEFAULT.limits();
    private final Loops loops = new Loops(2);
    private final GlobalUsage all = new GlobalUsage(-1, -1);

    @AfterEach
    void close() {
        loops.close();
    }

    private static AddressSettings.Limits limits(FullPolicy policy, long bytes, long messages) {
        return AddressSettings.DEFAULT.with("address-full-policy", policy).with("max-size-bytes", bytes).with("max-size-messages", messages).limits();
    }

    @Test
    void aChangeOfPolicyMovesExactlyWhatTheAddressHoldsWhileOthersAddAndRemove() throws Exception {
        AddressUsage usage = new AddressUsage("a", PAGE, all);
        AtomicLong left = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(t);
            threads.add(new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    int size = 1 + random.nextInt(100);
                    usage.add(size);
                    if (i % 3 == 0) {
                        left.addAndGet(size);
                    } else {
                        usage.remove(size, 1);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (int i = 0; i < 1001; i++) {
            usage.limits(i % 2 == 0 ? limits(FullPolicy.FAIL, -1, -1) : PAGE);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(usage.bytes()).isEqualTo(left.get());
        assertThat(all.bytes()).as("counted with FAIL").isEqualTo(left.get());
        usage.limits(PAGE);
        assertThat(all.bytes()).as("not counted with PAGE").isZero();
    }

    @Test
    void whoWaitsIsWokenInOrderAndOnlyAsManyAsThereIsRoomFor() {
        AddressUsage usage = new AddressUsage("a", limits(FullPolicy.BLOCK, -1, 3), all);
        usage.add(30, 3);
        List<Integer> woken = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger most = new AtomicInteger();
        Loop loop = loops.next();
        for (int i = 0; i < 100; i++) {
            int number = i;
            usage.await(loop, 10, () -> {
                usage.add(10);
                most.accumulateAndGet((int) usage.messages(), Math::max);
                woken.add(number);
            });
        }
        assertThat(woken).isEmpty();
        for (int i = 0; i < 100; i++) {
            int before = i;
            assertThat(usage.verdict()).as("those who come later wait behind").isEqualTo(FullPolicy.BLOCK);
            usage.remove(10, 1);
            await().until(() -> woken.size() == before + 1);
        }
        assertThat(woken).isEqualTo(IntStream.range(0, 100).boxed().toList());
        assertThat(most).as("messages at most").hasValue(3);
    }

    @Test
    void creditThatIsNotUsedDoesNotStarveThoseBehind() {
        AddressUsage usage = new AddressUsage("a", limits(FullPolicy.BLOCK, 1000, -1), all);
        usage.add(1000L, 1);
        AtomicInteger given = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            usage.awaitCredit(loops.next(), 600, 1, given::incrementAndGet);
        }
        usage.remove(1000, 1);
        await().until(() -> given.get() == 20);
    }

    @Test
    void roomInAllAddressesWakesThoseOfEach() {
        GlobalUsage ten = new GlobalUsage(-1, 10);
        AddressUsage a = new AddressUsage("a", limits(FullPolicy.BLOCK, -1, -1), ten);
        AddressUsage b = new AddressUsage("b", limits(FullPolicy.BLOCK, -1, 5), ten);
        AddressUsage paging = new AddressUsage("p", PAGE, ten);
        paging.add(1000, 1000);
        assertThat(a.verdict()).isEqualTo(FullPolicy.PAGE);
        a.add(10, 10);
        assertThat(b.verdict()).as("the others have taken all").isEqualTo(FullPolicy.BLOCK);
        assertThat(paging.verdict()).isEqualTo(FullPolicy.PAGE);
        AtomicInteger sent = new AtomicInteger();
        for (int i = 0; i < 6; i++) {
            b.await(loops.next(), 1, () -> {
                b.add(1);
                sent.incrementAndGet();
            });
        }
        a.remove(10, 10);
        await().until(() -> sent.get() == 6);
        assertThat(a.verdict()).isEqualTo(FullPolicy.PAGE);
    }

    @Test
    void aPageLimitCountsWhatLiesBeyondMemory() {
        AddressSettings settings = AddressSettings.DEFAULT.with("max-size-messages", 2L).with("page-limit-messages", 3L);
        AddressUsage usage = new AddressUsage("a", settings.limits(), all);
        usage.add(20, 2);
        assertThat(usage.paging()).isTrue();
        assertThat(usage.verdict()).isEqualTo(FullPolicy.PAGE);
        usage.add(30, 3);
        assertThat(usage.verdict()).isEqualTo(FullPolicy.FAIL);
        usage.limits(settings.with("page-full-policy", FullPolicy.DROP).limits());
        assertThat(usage.verdict()).isEqualTo(FullPolicy.DROP);
    }

    @Test
    void aLimitThatWouldTakeNothingTakesOneMessageAtATime() {
        AddressUsage usage = new AddressUsage("a", limits(FullPolicy.FAIL, 0, -1), all);
        assertThat(usage.verdict()).isEqualTo(FullPolicy.PAGE);
        usage.add(100);
        assertThat(usage.verdict()).isEqualTo(FullPolicy.FAIL);
        usage.remove(100, 1);
        assertThat(usage.verdict()).isEqualTo(FullPolicy.PAGE);
    }

    @Test
    void whenTheLimitIsLiftedAllWhoWaitGoOnInOrder() {
        AddressUsage usage = new AddressUsage("a", limits(FullPolicy.BLOCK, 10, -1), all);
        usage.add(10);
        List<Integer> woken = Collections.synchronizedList(new ArrayList<>());
        Loop loop = loops.next();
        for (int i = 0; i < 50; i++) {
            int number = i;
            usage.await(loop, 10, () -> {
                usage.add(10);
                woken.add(number);
            });
        }
        usage.limits(PAGE);
        await().until(() -> woken.size() == 50);
        assertThat(woken).isSorted();
    }
}
