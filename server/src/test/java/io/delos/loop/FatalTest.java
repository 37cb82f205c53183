package io.delos.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FatalTest {

    @Test
    void theHeapAndTheMachineAreFatal() {
        assertThat(Fatal.isFatal(new OutOfMemoryError("Java heap space"))).isTrue();
        assertThat(Fatal.isFatal(new OutOfMemoryError())).isTrue();
        assertThat(Fatal.isFatal(new InternalError("a fault occurred in an unsafe memory access operation"))).isTrue();
    }

    @Test
    void aFaultOfOneTurnIsNot() {
        assertThat(Fatal.isFatal(new StackOverflowError())).isFalse();
        assertThat(Fatal.isFatal(new IllegalStateException("a bug"))).isFalse();
    }

    /** As Java 17 says it. */
    @Test
    void directMemoryIsNot() {
        OutOfMemoryError fault = new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory (allocated: 67108863, limit: 67108864)");
        assertThat(Fatal.isDirectMemory(fault)).isTrue();
        assertThat(Fatal.isFatal(fault)).isFalse();
    }
}
