package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.Ledger.Kind;
import io.delos.proof.Ledger.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker must see what it is there to see: each test is a broker that breaks one promise, or one that only looks like it. */
class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void aCleanRunHasNoViolations() {
        send(5000);
        receive(0, 5000);

        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.outstanding()).isZero();
        assertThat(ledger.count()).isEqualTo(new Ledger.Count(5000, 5000, 0, 5000, 0, 5000));
    }

    @Test
    void aConfirmedMessageThatNeverComesIsLost() {
        send(3);
        receive(0, 1);
        receive(2, 3);

        assertThat(ledger.violations()).containsExactly(new Violation(Kind.LOST, 1, "never delivered"));
        assertThat(ledger.outstanding()).isEqualTo(1);
    }

    @Test
    void aDeliveryThatWasNotAcknowledgedMustComeAgain() {
        send(1);
        ledger.delivered(0);
        ledger.connected();

        assertThat(kinds()).containsExactly(Kind.LOST);

        receive(0, 1);

        assertThat(kinds()).isEmpty();
        assertThat(ledger.count().redelivered()).isEqualTo(1);
    }

    @Test
    void anUnconfirmedSendMayArriveOrNot() {
        ledger.sending();
        ledger.sending();
        receive(1, 2);

        assertThat(kinds()).isEmpty();
        assertThat(ledger.count().uncertain()).isEqualTo(2);
    }

    @Test
    void aMessageWhoseAcknowledgementWasConfirmedMayNotComeAgain() {
        send(1);
        receive(0, 1);
        ledger.connected();
        ledger.delivered(0);

        assertThat(kinds()).containsExactly(Kind.BACK_FROM_THE_DEAD);
    }

    @Test
    void aMessageWhoseAcknowledgementWasNotConfirmedMayComeAgain() {
        send(1);
        ledger.delivered(0);
        ledger.acknowledging(List.of(0));
        ledger.connected();
        ledger.delivered(0);

        assertThat(kinds()).isEmpty();
    }

    @Test
    void oneConnectionSeesAMessageOnce() {
        send(1);
        ledger.delivered(0);
        receive(0, 1);

        assertThat(kinds()).containsExactly(Kind.TWICE);
    }

    @Test
    void firstDeliveriesComeInOrder() {
        send(3);
        receive(0, 1);
        receive(2, 3);
        receive(1, 2);

        assertThat(ledger.violations()).containsExactly(new Violation(Kind.OUT_OF_ORDER, 1, "first delivered after 2"));
    }

    @Test
    void aRedeliveryIsNotOutOfOrder() {
        send(3);
        ledger.delivered(0);
        ledger.delivered(1);
        ledger.connected();
        receive(0, 3);

        assertThat(kinds()).isEmpty();
    }

    @Test
    void nothingComesThatWasNotSent() {
        send(1);
        receive(0, 1);
        ledger.delivered(7);
        ledger.delivered(-1);

        assertThat(kinds()).containsExactly(Kind.NEVER_SENT, Kind.NEVER_SENT);
    }

    @Test
    void aConfirmationThatComesAfterTheDeliveryCountsOnce() {
        int sequence = ledger.sending();
        receive(0, 1);
        ledger.confirmed(sequence);

        assertThat(ledger.outstanding()).isZero();
        assertThat(kinds()).isEmpty();
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            ledger.confirmed(ledger.sending());
        }
    }

    private void receive(int from, int to) {
        for (int i = from; i < to; i++) {
            ledger.delivered(i);
            ledger.acknowledging(List.of(i));
            ledger.acknowledged(List.of(i));
        }
    }

    private List<Kind> kinds() {
        return ledger.violations().stream().map(Violation::kind).toList();
    }
}
