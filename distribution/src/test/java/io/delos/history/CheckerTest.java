package io.delos.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.history.Operation.Fate;
import io.delos.history.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Histories written by hand: each broken promise is found, and nothing is said of what may have been. */
class CheckerTest {

    private static final int PRODUCER = 1;
    private static final int ONE = 2;
    private static final int OTHER = 3;

    private final List<Operation> history = new ArrayList<>();
    private long clock;

    @Test
    void whatIsSentTakenAndAcknowledgedOnceIsWell() {
        send(10, Fate.DONE);
        send(11, Fate.DONE);
        take(ONE, 10);
        take(OTHER, 11);
        acknowledge(OTHER, 11, Fate.DONE);
        acknowledge(ONE, 10, Fate.DONE);
        empty(ONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatNobodySentOrWasRefusedMustNotCome() {
        take(ONE, 10);
        send(11, Fate.NOT_DONE);
        take(ONE, 11);
        assertThat(kinds()).containsExactly(Kind.NEVER_SENT, Kind.NEVER_SENT);
    }

    @Test
    void whatWasConfirmedMustCome() {
        send(10, Fate.DONE);
        send(11, Fate.UNKNOWN);
        assertThat(kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void whatWasGivenBackMustComeAgain() {
        send(10, Fate.DONE);
        take(ONE, 10);
        giveBack(ONE, 10);
        assertThat(kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void whatWasHeldWhenTheBrokerDiedMustComeAgain() {
        send(10, Fate.DONE);
        take(ONE, 10);
        down();
        assertThat(kinds()).containsExactly(Kind.LOST);
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatWasAcknowledgedMustNotComeAgain() {
        send(10, Fate.DONE);
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        down();
        take(OTHER, 10);
        assertThat(kinds()).containsExactly(Kind.BACK_FROM_THE_DEAD);
    }

    @Test
    void whatMayHaveBeenAcknowledgedMayComeAgainOrNot() {
        send(10, Fate.DONE);
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.UNKNOWN);
        down();
        assertThat(kinds()).isEmpty();
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatOneHoldsNobodyElseIsGiven() {
        send(10, Fate.DONE);
        take(ONE, 10);
        take(OTHER, 10);
        acknowledge(ONE, 10, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.TWICE);
    }

    @Test
    void whatIsGivenWhileTheHolderLeavesMayHaveBeenGivenBack() {
        send(10, Fate.DONE);
        take(ONE, 10);
        history.add(new Operation.Left(ONE, new Span(clock, clock + 30)));
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatOneSentFirstComesFirst() {
        send(10, Fate.DONE);
        send(11, Fate.DONE);
        take(ONE, 11);
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        acknowledge(ONE, 11, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.OUT_OF_ORDER);
    }

    @Test
    void whatCameBackStandsWhereItStood() {
        send(10, Fate.DONE);
        send(11, Fate.DONE);
        take(ONE, 10);
        giveBack(ONE, 10);
        take(ONE, 11);
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        acknowledge(ONE, 11, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.OUT_OF_ORDER);
    }

    @Test
    void whatIsHeldMayBeOvertaken() {
        send(10, Fate.DONE);
        send(11, Fate.DONE);
        take(ONE, 10);
        take(OTHER, 11);
        giveBack(ONE, 10);
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        acknowledge(OTHER, 11, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatIsThereIsSeen() {
        send(10, Fate.DONE);
        empty(ONE);
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.UNSEEN);
    }

    @Test
    void whatMayHaveBeenOnItsWayToOneWhoDidNotSeeItNeedNotBeSeenByAnother() {
        send(10, Fate.DONE);
        history.add(new Operation.Shadow(ONE, new Span(clock, clock + 100), "q"));
        empty(OTHER);
        clock += 100;
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whoAskedFirstMayBeGivenItLast() {
        send(10, Fate.DONE);
        long asked = tick();
        take(ONE, 10);
        giveBack(ONE, 10);
        history.add(new Operation.Take(OTHER, new Span(asked, tick()), "q", OptionalInt.of(10)));
        acknowledge(OTHER, 10, Fate.DONE);
        empty(ONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatABreakingConnectionDoesNotSeeMayBeThere() {
        send(10, Fate.DONE);
        long from = tick();
        empty(ONE);
        history.add(new Operation.Down(0, new Span(from, tick())));
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatIsBeingSentNeedNotBeSeenYet() {
        long from = tick();
        empty(ONE);
        history.add(new Operation.Send(PRODUCER, new Span(from, tick()), "q", 10, 0, Fate.DONE));
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatIsSentTogetherComesTogetherOrNotAtAll() {
        Span commit = new Span(tick(), tick());
        history.add(new Operation.Send(PRODUCER, commit, "q", 10, 5, Fate.UNKNOWN));
        history.add(new Operation.Send(PRODUCER, commit, "p", 11, 5, Fate.UNKNOWN));
        assertThat(kinds()).isEmpty();
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.HALF_DONE);
    }

    @Test
    void whatIsPassedOnIsThereOrHereAndNotBoth() {
        send(10, Fate.DONE);
        take(ONE, 10);
        Span commit = new Span(tick(), tick());
        history.add(new Operation.Settle(ONE, commit, "q", 10, true, 5, Fate.UNKNOWN));
        history.add(new Operation.Send(ONE, commit, "p", 11, 5, Fate.UNKNOWN));
        down();
        history.add(new Operation.Take(OTHER, new Span(tick(), tick()), "p", OptionalInt.of(11)));
        acknowledge(OTHER, 11, Fate.DONE);
        assertThat(kinds()).isEmpty();
        take(OTHER, 10);
        acknowledge(OTHER, 10, Fate.DONE);
        assertThat(kinds()).containsExactly(Kind.HALF_DONE);
    }

    @Test
    void whoWasAskingWhenThePowerWentMayHaveBeenGivenTheFirst() {
        send(10, Fate.DONE);
        send(11, Fate.DONE);
        long asked = tick();
        take(ONE, 11);
        long moment = tick();
        history.add(new Operation.Take(OTHER, new Span(asked, tick()), "q", OptionalInt.of(10)));
        List<Operation> cut = Cut.history(history, moment);
        assertThat(cut).contains(new Operation.Shadow(OTHER, new Span(asked, moment), "q"));
        history.clear();
        history.addAll(cut);
        down();
        take(ONE, 10);
        acknowledge(ONE, 10, Fate.DONE);
        take(ONE, 11);
        acknowledge(ONE, 11, Fate.DONE);
        assertThat(kinds()).isEmpty();
    }

    private List<Kind> kinds() {
        return Checker.check(history).stream().map(Violation::kind).toList();
    }

    private long tick() {
        return clock += 10;
    }

    private void send(int message, Fate fate) {
        history.add(new Operation.Send(PRODUCER, new Span(tick(), tick()), "q", message, Operation.NO_TRANSACTION, fate));
    }

    private void take(int client, int message) {
        history.add(new Operation.Take(client, new Span(tick(), tick()), "q", OptionalInt.of(message)));
    }

    private void empty(int client) {
        history.add(new Operation.Take(client, new Span(tick(), tick()), "q", OptionalInt.empty()));
    }

    private void acknowledge(int client, int message, Fate fate) {
        history.add(new Operation.Settle(client, new Span(tick(), tick()), "q", message, true, Operation.NO_TRANSACTION, fate));
    }

    private void giveBack(int client, int message) {
        history.add(new Operation.Settle(client, new Span(tick(), tick()), "q", message, false, Operation.NO_TRANSACTION, Fate.DONE));
    }

    private void down() {
        history.add(new Operation.Down(0, new Span(tick(), tick())));
    }
}
