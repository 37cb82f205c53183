package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacketIdsTest {

    private final PacketIds ids = new PacketIds();

    private int next(long messageId) {
        PacketIds.Choice choice = ids.choose("q", messageId);
        ids.add(new Sent(choice.packetId(), 2, null, null, true));
        return choice.packetId();
    }

    private void finish(int packetId) {
        ids.release(ids.find(packetId).orElseThrow());
        assertThat(ids.complete(packetId)).isTrue();
    }

    @Test
    void idsGoRoundAndSkipThoseInUse() {
        for (int i = 1; i <= 65_535; i++) {
            assertThat(next(i)).isEqualTo(i);
            if (i != 7) {
                finish(i);
            }
        }
        assertThat(ids.inUse()).isEqualTo(1);
        for (int i = 1; i <= 6; i++) {
            assertThat(next(i)).isEqualTo(i);
        }
        assertThat(next(100)).isEqualTo(8);
    }

    @Test
    void aMessageThatComesAgainKeepsItsId() {
        ids.expect(new SessionRecord.UnderWay(2, "q", 50), true);
        ids.expect(new SessionRecord.UnderWay(2, "q", 51), true);
        ids.releasedEarlier(3);
        assertThat(next(1)).isEqualTo(1);
        assertThat(next(2)).as("2 is expected, 3 is released").isEqualTo(4);
        assertThat(ids.choose("q", 50)).isEqualTo(new PacketIds.Choice(2, true, true, false));
        assertThat(ids.choose("q", 50).again()).isFalse();
        assertThat(ids.allReleased()).containsExactly(3);
        assertThat(ids.inUse()).isEqualTo(3);
    }

    @Test
    void whatNeverCameAgainGivesItsIdBackWhenNoneIsLeft() {
        ids.expect(new SessionRecord.UnderWay(5, "q", 1_000_000), false);
        for (int i = 1; i < 65_535; i++) {
            assertThat(next(i)).isNotEqualTo(5);
        }
        assertThat(next(65_535)).isEqualTo(5);
    }

    @Test
    void anIdIsCompletedOnce() {
        int id = next(1);
        assertThat(ids.complete(id)).isFalse();
        finish(id);
        assertThat(ids.complete(id)).isFalse();
        assertThat(ids.inUse()).isZero();
    }

    @Test
    void aMessageOfALastingSessionHasTheIdThatFollowsFromItsPlace() {
        long near = 1_000_000;
        int one = PacketIds.natural("q", near);
        assertThat(ids.chooseLasting("q", near)).isEqualTo(new PacketIds.Choice(one, false, false, true));
        for (long place = near; place < near + 65_534 * 64; place += 64) {
            assertThat(PacketIds.natural("q", place + 64)).isNotEqualTo(one);
        }
        assertThat(PacketIds.natural("q", near + 65_535 * 64)).isEqualTo(one);
        assertThat(PacketIds.natural("q", Long.MAX_VALUE)).isBetween(1, 65_535);
    }

    @Test
    void oneWhoseIdIsInUseHasAnotherThatHasToBeRemembered() {
        long far = 1_000_000 + 65_535 * 64;
        int one = ids.chooseLasting("q", 1_000_000).packetId();
        ids.add(new Sent(one, 1, null, null, false));
        PacketIds.Choice other = ids.chooseLasting("q", far);
        assertThat(other.packetId()).isNotEqualTo(one);
        assertThat(other.natural()).isFalse();
        assertThat(ids.mustWait("q", far)).as("it may have been sent under that id").isTrue();
        ids.remove(ids.find(one).orElseThrow());
        assertThat(ids.mustWait("q", far)).isFalse();
        ids.expect(new SessionRecord.UnderWay(one, "r", 5), true);
        assertThat(ids.mustWait("q", far)).as("another was sent under it").isFalse();
        assertThat(ids.chooseLasting("q", far).packetId()).isNotEqualTo(one);
        assertThat(ids.chooseLasting("r", 5).packetId()).isEqualTo(one);
    }
}
