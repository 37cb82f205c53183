package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.store.MemoryBudget;
import io.delos.store.MemoryBudget.Share;
import org.junit.jupiter.api.Test;

class WindowBudgetTest {

    private static final long HEAP = 64L << 20;

    private final MemoryBudget memory = MemoryBudget.of(HEAP);
    private final WindowBudget budget = new WindowBudget(memory, Long.MAX_VALUE);

    @Test
    void allSharesTogetherLeaveRoomInTheSmallestHeap() {
        long sum = 0;
        for (Share share : Share.values()) {
            assertThat(memory.limit(share)).isPositive();
            sum += memory.limit(share);
        }
        assertThat(sum).isLessThan(HEAP - (20L << 20));
        assertThat(MemoryBudget.of(1).largestMessage()).isPositive();
    }

    @Test
    void consumersThatNeverAcknowledgeLeaveSomethingForOneThatDoes() {
        long all = 0;
        for (int consumer = 0; consumer < 50; consumer++) {
            long held = 0;
            while (budget.mayHold(held)) {
                held += 1024;
                budget.handed(1024);
            }
            assertThat(held).isGreaterThanOrEqualTo(1024);
            all += held;
        }
        assertThat(all).isLessThan(budget.handedLimit() * 2 + 50 * 1024 * 129);
        assertThat(budget.mayHold(0)).isTrue();
        budget.handed(-all);
        assertThat(budget.mayHold(budget.handedLimit() / 2)).isTrue();
    }

    @Test
    void theFirstOfThemGetsHalf() {
        long held = 0;
        while (budget.mayHold(held)) {
            held += 1024;
            budget.handed(1024);
        }
        assertThat(held).isBetween(budget.handedLimit() / 2 - 1024, budget.handedLimit() / 2 + 1024);
    }

    @Test
    void whoDoesNotReadNarrowsWhatIsUnderWayToOthersButStopsNobody() {
        long before = budget.transitBytes();
        budget.underWay(memory.limit(Share.SENDING));
        assertThat(budget.transitBytes()).isLessThan(before).isPositive();
        budget.underWay(memory.limit(Share.SENDING));
        assertThat(budget.transitBytes()).isEqualTo(1);
    }

    @Test
    void aWindowLargerThanTheHeapIsCutToItsShare() {
        assertThat(budget.total()).isEqualTo(memory.limit(Share.WINDOWS));
        assertThat(new WindowBudget(memory, 1 << 20).total()).isEqualTo(1 << 20);
        budget.add(HEAP);
        assertThat(budget.windowBytes()).isBetween(1L, 256L << 10);
    }
}
