package io.delos.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewLinesTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final FewLines lines = new FewLines(now::get);

    private long written(int count) {
        return IntStream.range(0, count).mapToObj(i -> lines.line("line " + i)).filter(Optional::isPresent).count();
    }

    @Test
    void tenASecondAreWrittenAndTheLastSaysSo() {
        assertThat(written(9)).isEqualTo(9);
        assertThat(lines.line("tenth")).hasValueSatisfying(line -> assertThat(line).contains("tenth").contains("not written"));
        assertThat(written(1000)).isZero();
        now.addAndGet(1_000_000_000);
        assertThat(written(1000)).isEqualTo(10);
    }
}
