package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is remembered of sessions is read back as it was written, and damage is noticed. */
class RecordProperties {

    @Provide
    Arbitrary<SessionRecord> records() {
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(20);
        Arbitrary<SessionRecord.UnderWay> underWay = Combinators.combine(Arbitraries.integers().between(1, 65_535), texts, Arbitraries.longs())
                .as(SessionRecord.UnderWay::new);
        return Combinators.combine(Arbitraries.longs(), Arbitraries.of(true, false), Arbitraries.integers().between(0, 5), Arbitraries.longs(),
                Arbitraries.longs().between(0, SessionRecord.NEVER),
                Arbitraries.just(List.<SubscriptionOptions>of()), underWay.list().ofMaxSize(5)).as(SessionRecord::new);
    }

    @Provide
    Arbitrary<SubscriptionOptions> subscriptions() {
        return Combinators.combine(Arbitraries.strings().ofMaxLength(20), Arbitraries.integers().between(0, 2),
                Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.integers().between(0, 2),
                Arbitraries.integers().between(0, 268_435_455)).as(SubscriptionOptions::new);
    }

    @Property
    void writtenAndRead(@ForAll("records") SessionRecord record) {
        assertThat(SessionRecord.read(record.write())).isEqualTo(wellFormed(record));
    }

    @Property
    void subscriptionsAreWrittenAndRead(@ForAll("subscriptions") SubscriptionOptions options, @ForAll byte[] noise) {
        assertThat(SubscriptionOptions.read(options.filter(), options.write())).isEqualTo(options);
        byte[] cut = Arrays.copyOf(options.write(), noise.length % options.write().length);
        assertThatThrownBy(() -> SubscriptionOptions.read("f", cut)).isInstanceOf(MalformedMessageException.class);
    }

    /** Subscriptions had no keys of their own. */
    @Example
    void recordsOfTheFirstVersion() {
        byte[] first = HexFormat.of().parseHex("01" + "01" + "0000000000000007" + "ffffffff" + "00000001" + "00000003612f62" + "0201000100000009"
                + "00000001" + "0005" + "0000000000000010" + "0000000171");
        assertThat(SessionRecord.read(first)).isEqualTo(new SessionRecord(7, true, 0, 0, SessionRecord.NEVER,
                List.of(new SubscriptionOptions("a/b", 2, true, false, 1, 9)), List.of(new SessionRecord.UnderWay(5, "q", 16))));
    }

    /** Nothing was said of the protocol's version, and of when. */
    @Example
    void recordsOfTheSecondVersion() {
        byte[] second = HexFormat.of().parseHex("02" + "00" + "0000000000000007" + "0000003c" + "00000001" + "0005" + "0000000000000010" + "0000000171");
        assertThat(SessionRecord.read(second)).isEqualTo(new SessionRecord(7, false, 0, 0, 60, List.of(), List.of(new SessionRecord.UnderWay(5, "q", 16))));
    }

    /** Lone surrogates can't be written in UTF-8; the decoder lets none in. */
    private static SessionRecord wellFormed(SessionRecord record) {
        List<SessionRecord.UnderWay> underWay = record.underWay().stream()
                .map(each -> new SessionRecord.UnderWay(each.packetId(), clean(each.queue()), each.messageId())).toList();
        return new SessionRecord(record.stamp(), record.attached(), record.level(), record.since(), record.expirySeconds(), List.of(), underWay);
    }

    private static String clean(String text) {
        return new String(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Property
    void cutShortIsNoticed(@ForAll("records") SessionRecord record, @ForAll byte[] noise) {
        byte[] whole = record.write();
        int cut = noise.length % whole.length;
        assertThatThrownBy(() -> SessionRecord.read(Arrays.copyOf(whole, cut))).isInstanceOf(MalformedMessageException.class);
    }

    @Property
    void noiseNeverDoesMoreThanBeingRefused(@ForAll byte[] noise) {
        try {
            SessionRecord.read(noise);
        } catch (MalformedMessageException refused) {
            assertThat(refused).hasMessageContaining("session");
        }
        try {
            Publication publication = Publication.of(noise);
            publication.properties();
            publication.notes();
            assertThat(publication.payloadLength()).isLessThan(noise.length);
        } catch (MalformedMessageException refused) {
            assertThat(refused).hasMessageContaining("MQTT");
        }
    }

    @Example
    void wills() {
        byte[] stored = new Publication.Draft(1, true).with("gone".getBytes(StandardCharsets.UTF_8));
        for (long expiry : new long[] {Will.FOR_EVER, 0, 5000}) {
            Message draft = Message.of(MessageFormat.MQTT, stored).address("a.\u00fc").durable(true).priority(0).build();
            WillRecord record = new WillRecord(-7, SessionRecord.NEVER, new Will("a/\u00fc", draft, true, expiry, 0xFFFFFFFEL));
            byte[] written = record.write();
            WillRecord read = WillRecord.read(written);
            assertThat(read.write()).isEqualTo(written);
            assertThat(read.stamp()).isEqualTo(-7);
            assertThat(read.delaySeconds()).isEqualTo(0xFFFFFFFEL);
            assertThat(read.will().topic()).isEqualTo("a/\u00fc");
            assertThat(read.will().message().expiration() == 0).isEqualTo(expiry == Will.FOR_EVER);
            for (int cut = 0; cut < written.length - stored.length; cut++) {
                byte[] shortened = Arrays.copyOf(written, cut);
                assertThatThrownBy(() -> WillRecord.read(shortened)).isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Property
    void noiseIsNoWill(@ForAll byte[] noise) {
        assertThatThrownBy(() -> WillRecord.read(noise)).isInstanceOf(MalformedMessageException.class);
    }

    @Example
    void sentRecords() {
        SentRecord sent = new SentRecord(false, "q.\u00fc", 77);
        assertThat(SentRecord.read(sent.write())).isEqualTo(sent);
        assertThat(SentRecord.read(SentRecord.RELEASED.write())).isEqualTo(SentRecord.RELEASED);
        assertThatThrownBy(() -> SentRecord.read(new byte[8])).isInstanceOf(MalformedMessageException.class);
    }

    @Example
    void keys() {
        String prefix = Keys.sent("client");
        assertThat(Keys.packetId(prefix, Keys.packet(prefix, 65_535))).isEqualTo(65_535);
        assertThat(Keys.packetId(prefix, prefix + "zz")).isZero();
        assertThat(Keys.packetId(prefix, prefix + "10000")).isZero();
        assertThat(Keys.sent("client2")).doesNotStartWith(prefix);
    }
}
