package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProfileTest {
    private final Profile profile = Profile.of(List.of(
            "[delos-loop-0-1 tid=12];java/lang/Thread.run;io/delos/core/Outbox.flush;io/netty/Channel.write;__x64_sys_writev_[k];copy_[k] 60",
            "[delos-loop-1-1 tid=13];java/lang/Thread.run;io/delos/loop/Loop$$Lambda$12.0x1f.run;io/delos/core/Outbox.flush 20",
            "[x tid=1];io/delos/A.b;io.delos.C$$Lambda.0x00007fb47c2e7528_[i] 0",
            "[C2 CompilerThre tid=9];Compile::Compile 20"));

    @Test
    void countsEverySampleOnceInEachTable() {
        assertThat(profile.total()).isEqualTo(100);
        assertThat(profile.markdown(50, "µs"))
                .contains("| 80.0 % | 40.000 | `[delos-loop-#-#]` |")
                .contains("| 60.0 % | 30.000 | `writev` |")
                .contains("| 60.0 % | 30.000 | `copy_[k]` |")
                .contains("| 20.0 % | 10.000 | `Compile::Compile` |")
                .contains("`io.delos.C$$Lambda_[i]`");
    }

    @Test
    void tellsWhatTheProjectsFunctionsCost() {
        assertThat(profile.markdown(50, "µs"))
                .contains("| 80.0 % | 40.000 | `io.delos.core.Outbox.flush` – copy_[k] 75 %, itself 25 % |")
                .contains("| 20.0 % | 10.000 | `io.delos.loop.Loop$$Lambda.run` |")
                .contains("| 20.0 % | 10.000 | `(none)` – Compile::Compile 100 % |");
    }
}
