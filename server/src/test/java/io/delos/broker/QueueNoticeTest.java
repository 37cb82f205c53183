package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueueNoticeTest {

    @Test
    void oneLineSaysThatThereAreTooMany() {
        QueueNotice notice = new QueueNotice(64L << 20);
        assertThat(notice.most()).isEqualTo(3276);
        try (LogLines lines = new LogLines(QueueNotice.class.getName())) {
            for (int queues = 0; queues < 10_000; queues++) {
                notice.look(queues);
            }
            assertThat(lines.all()).containsExactly("WARN There are 3277 queues, which take some 16 MiB of a heap of 64 MiB by themselves; it is "
                    + "made for 3276. Messages have less room, and the broker may run out of memory: give it 65 MiB (-Xmx), or let it have fewer "
                    + "queues");
            notice.look(3200);
            notice.look(3300);
            assertThat(lines.all()).as("it hovers").hasSize(1);
            notice.look(100);
            notice.look(100_000);
            assertThat(lines.all()).hasSize(2);
        }
    }

    @Test
    void aUsualHeapIsMadeForAHundredThousand() {
        assertThat(new QueueNotice(2L << 30).most()).isGreaterThan(100_000);
    }
}
