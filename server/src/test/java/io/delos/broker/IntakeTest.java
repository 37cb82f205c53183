package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.store.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private static final int KIBI = 1024;
    private static final int READ = 64 * KIBI;

    private final HandLoop loop = new HandLoop();
    private final MemoryBudget memory = MemoryBudget.of(36 << 20);
    private final Intake intake = new Intake(memory, loop);
    private final long limit = intake.limit();

    /** A socket whose peer sends what the test says; it is read in pieces while it isn't paused. */
    private final class Peer implements Unfinished.Socket {
        final Unfinished account = intake.open(loop, this);
        int pauses;
        int others;
        String refused = "";
        /** Bytes that wait in the socket, of the message that has begun first. */
        long coming;
        long whole;
        long finished;

        @Override
        public void pauseReading(boolean pause) {
            pauses += pause ? 1 : -1;
            assertThat(pauses).isBetween(0, 1);
        }

        @Override
        public boolean pausedOtherwise() {
            return others > 0;
        }

        @Override
        public void refuse(BrokerException why) {
            assertThat(why.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
            assertThat(refused).isEmpty();
            refused = why.getMessage();
            account.close();
        }

        boolean read() {
            return pauses == 0 && others == 0 && refused.isEmpty();
        }

        /** A message of so many bytes, of which so many come now. */
        Peer sends(long size, long now) {
            whole = size;
            coming = now;
            return this;
        }

        /** Reads one piece, if it is read and something is there. */
        boolean step() {
            if (!read() || coming == 0) {
                return false;
            }
            long piece = Math.min(READ, coming);
            coming -= piece;
            account.add(piece);
            if (account.held() == whole) {
                account.add(-whole);
                finished++;
            }
            account.judge();
            loop.run();
            return true;
        }

        boolean served() {
            return finished == 1 || !refused.isEmpty();
        }

        void stepAll() {
            while (step()) {
                loop.run();
            }
        }
    }

    @Test
    void whileThereIsRoomNobodyWaits() {
        Peer one = new Peer().sends(limit / 4, limit / 4 - 1);
        Peer other = new Peer().sends(limit / 4, limit / 4 - 1);
        one.stepAll();
        other.stepAll();
        assertThat(intake.held()).isEqualTo(2 * (limit / 4 - 1));
        assertThat(one.read() && other.read()).isTrue();
        assertThat(loop.idle()).as("no timer without need").isTrue();
        one.account.close();
        other.account.close();
        assertThat(intake.held()).isZero();
    }

    @Test
    void whenItIsShortTheyGoOnOneByOneToTheEndOfTheirMessage() {
        long size = memory.largestMessage();
        List<Peer> peers = IntStream.range(0, 20).mapToObj(i -> new Peer().sends(size, size)).toList();
        for (boolean moved = true; moved;) {
            moved = false;
            for (Peer peer : peers) {
                moved |= peer.step();
                assertThat(intake.held()).isLessThanOrEqualTo(limit + size + 20 * READ);
            }
        }
        assertThat(peers).allMatch(peer -> peer.finished == 1);
        assertThat(intake.held()).isZero();
        loop.pass(60_000);
        assertThat(loop.idle()).as("the shortage is over").isTrue();
    }

    @Test
    void littleIsAlwaysRead() {
        exhaust();
        Peer little = new Peer().sends(Unfinished.SMALL + 1, Unfinished.SMALL);
        little.stepAll();
        assertThat(little.read()).isTrue();
        new Peer().sends(limit, READ).stepAll();
        Peer more = new Peer().sends(READ, READ - 1);
        more.stepAll();
        assertThat(more.read()).isFalse();
    }

    @Test
    void whoStopsInItsTurnIsRefusedSoonAndTheNextGoesOn() {
        Peer first = new Peer().sends(limit, limit - 1);
        exhaust();
        first.step();
        Peer next = new Peer().sends(10 * READ, 10 * READ);
        next.step();
        first.stepAll();
        assertThat(next.read()).isFalse();
        loop.pass(Intake.TICK_MILLIS * (Unfinished.SILENCE_IN_TURN + 2));
        assertThat(first.refused).contains("does not bring the rest");
        next.stepAll();
        assertThat(next.finished).isOne();
    }

    @Test
    void whoTricklesInItsTurnIsRefusedToo() {
        exhaust();
        Peer trickle = new Peer().sends(memory.largestMessage(), READ);
        trickle.step();
        for (int tick = 0; tick <= Unfinished.SILENCE + 1 && trickle.refused.isEmpty(); tick++) {
            trickle.coming += KIBI;
            trickle.stepAll();
            loop.pass(Intake.TICK_MILLIS);
        }
        assertThat(trickle.refused).contains("does not bring the rest");
    }

    @Test
    void whoWaitsTooLongIsRefused() {
        exhaust();
        Peer slow = new Peer().sends(memory.largestMessage(), READ);
        slow.step();
        Peer waiting = new Peer().sends(10 * READ, 10 * READ);
        waiting.step();
        for (int tick = 0; tick <= Unfinished.PATIENCE + 1; tick++) {
            assertThat(slow.refused).isEmpty();
            slow.account.add(READ);
            slow.account.add(-READ);
            loop.pass(Intake.TICK_MILLIS);
        }
        assertThat(waiting.refused).contains("waited too long");
        assertThat(waiting.account.held()).isZero();
    }

    @Test
    void whoHoldsMuchAndIsSilentIsRefusedWhileOthersWait() {
        Peer silent = new Peer().sends(limit, limit / 2 - READ);
        silent.stepAll();
        assertThat(silent.read()).isTrue();
        List<Peer> busy = IntStream.range(0, 10).mapToObj(i -> new Peer().sends(limit, limit / 8)).toList();
        busy.forEach(Peer::stepAll);
        loop.pass(Intake.TICK_MILLIS * (Unfinished.SILENCE + 2));
        assertThat(silent.refused).contains("stopped in the middle");
    }

    @Test
    void whoIsNotReadForAnotherReasonIsNeitherRefusedNorGivenATurn() {
        Peer blocked = new Peer().sends(limit, limit / 2 - READ);
        blocked.stepAll();
        blocked.others = 1;
        exhaust();
        Peer waiting = new Peer().sends(2 * READ, READ);
        waiting.step();
        waiting.others = 1;
        loop.pass(Intake.TICK_MILLIS * (Unfinished.PATIENCE + 5));
        assertThat(blocked.refused).isEmpty();
        assertThat(waiting.refused).isEmpty();
        assertThat(waiting.pauses).as("the pause is left to whoever else wants it").isZero();
    }

    @Test
    void noTurnIsWithoutBound() {
        exhaust();
        Peer many = new Peer().sends(Long.MAX_VALUE, 100L << 20);
        many.stepAll();
        assertThat(many.refused).contains("more messages at once");
        assertThat(intake.held()).isLessThan(limit + READ);
    }

    /** Others hold all there is. What they hold isn't a peer's, so it stays. */
    private void exhaust() {
        memory.add(MemoryBudget.Share.ARRIVING, limit - intake.held());
    }

    /** Whoever keeps sending gets through or is told, whatever the others do; and when all are gone nothing is held. */
    @Property(tries = 30)
    void somebodyAlwaysGetsAhead(@ForAll long seed) {
        Random random = new Random(seed);
        List<Peer> honest = new ArrayList<>();
        List<Peer> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long size = 1 + random.nextInt((int) memory.largestMessage());
            boolean stops = random.nextBoolean();
            Peer peer = new Peer().sends(size, stops ? random.nextInt((int) size) : size);
            all.add(peer);
            if (!stops) {
                honest.add(peer);
            }
        }
        for (int tick = 0; tick <= 4 * Unfinished.PATIENCE && !honest.stream().allMatch(Peer::served); tick++) {
            for (int i = 0; i < 2000; i++) {
                all.get(random.nextInt(all.size())).step();
                assertThat(intake.held()).isLessThanOrEqualTo(limit + intake.mostInTurn() + all.size() * READ);
            }
            loop.pass(Intake.TICK_MILLIS);
        }
        assertThat(honest).allMatch(Peer::served);
        assertThat(honest.stream().filter(peer -> peer.finished == 1).count()).isGreaterThan(0);
        all.forEach(peer -> peer.account.close());
        assertThat(intake.held()).isZero();
        loop.pass(60_000);
        assertThat(loop.idle()).isTrue();
    }
}
