package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.ConfigException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    /** Written by {@code artemis mask secret --hash} and {@code artemis create --user a --password a} of Artemis 2.56. */
    private static final String HASH_OF_SECRET = "1024:56FF7F37E367929682E6DD86732029E72965DD7D9EA8D348D3C80B4AABEAB0FD:"
        + "657CE25C1547C18506243AFBEA8B3C83442B61A41BAA5AF3078E98DFBC42125E8B630AC5A1342CA89FDCB7B2B75AD41D9A71631C645F4D2317F646D21FF897EA";
    private static final String HASH_OF_A = "1024:B0AA6C1F0431105B2A7A7058F2DD6ABEA40CCD9AFE8F23CC4A1A092E86581031:"
        + "045A6D231163C02944922025997CEBFB6CF5300EC90C16F3C55AEE190422151D3525E988F2ADE3EF2B58BDD1E1CC7E76881B671EB35397CA2879607BC9CA6F71";

    @Test
    void knowsTheHashesOfArtemis() {
        assertThat(PasswordHash.verify(HASH_OF_SECRET, "secret")).isTrue();
        assertThat(PasswordHash.verify(HASH_OF_SECRET.toLowerCase(java.util.Locale.ROOT), "secret")).isTrue();
        assertThat(PasswordHash.verify(HASH_OF_SECRET, "Secret")).isFalse();
        assertThat(PasswordHash.verify(HASH_OF_A, "a")).isTrue();
        assertThat(PasswordHash.verify(HASH_OF_A, "")).isFalse();
    }

    @Test
    void writesHashesOfTheSameForm() {
        String hash = PasswordHash.hash("pässwörd");
        assertThat(hash).matches("1024:[0-9A-F]{64}:[0-9A-F]{128}").isNotEqualTo(PasswordHash.hash("pässwörd"));
        assertThat(PasswordHash.verify(hash, "pässwörd")).isTrue();
        assertThat(PasswordHash.verify(PasswordHash.hash(""), "")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "::", "1024:00:", "1024::00", "0:00:00", "-1:00:00", "x:00:00", "1024:0:00", "1024:zz:00", "99999999:00:00",
        "1024:00:00:00"})
    void whatIsNoHashBelongsToNoPassword(String text) {
        assertThat(PasswordHash.verify(text, "")).isFalse();
    }

    /** Left column from {@code artemis mask} of Artemis 2.56. */
    @ParameterizedTest
    @CsvSource({"-41e444c3ed07d6dd,secret", "-4413f2d1fa455a12,a", "22fa49a8d8fa115d,''", "4b6f014aba64fbc622fa49a8d8fa115d,12345678",
        "-2f26c02b3a47ce2c56ba3d1211bf6956,pässwörd€",
        "7b43caeb9ceedf31540f7e47381c33d96563098bb50c7fcfd973efc9e21cf3bef999a2d835f657d3,a longer password with spaces and such",
        "72458cb9d7f985b3,cp"})
    void masksAsArtemisDoes(String masked, String clear) {
        PasswordMask mask = PasswordMask.ofProcess();
        assertThat(mask.mask(clear)).isEqualTo(masked);
        assertThat(mask.unmask(masked)).isEqualTo(clear);
        assertThat(mask.reveal("ENC(" + masked + ")")).isEqualTo(clear);
        assertThat(mask.reveal(clear)).isEqualTo(clear);
    }

    @Test
    void masksWithOtherKeysAndCodecs() {
        assertThat(PasswordMask.ofKey("mykey").mask("secret")).isEqualTo("-1425f1ea4cff5d91");
        assertThat(PasswordMask.ofCodec(PasswordMask.DEFAULT_CODEC + ";key=mykey").unmask("-1425f1ea4cff5d91")).isEqualTo("secret");
        String hash = PasswordMask.ofCodec(PasswordMask.DEFAULT_CODEC + ";algorithm=one-way").mask("x");
        assertThat(PasswordHash.verify(hash, "x")).isTrue();
        assertThatThrownBy(() -> PasswordMask.ofCodec("a.b.C")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> PasswordMask.ofCodec(PasswordMask.DEFAULT_CODEC + ";algorithm=none")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> PasswordMask.ofKey("k".repeat(57))).isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "xyz", "12", "0", "-41e444c3ed07d6de"})
    void refusesWhatIsNoMask(String masked) {
        assertThatThrownBy(() -> PasswordMask.ofProcess().unmask(masked)).isInstanceOf(ConfigException.class)
            .satisfies(refused -> assertThat(refused.getMessage()).startsWith("ENC(...): ").doesNotContain("41e4"));
    }

    @Property(tries = 200)
    void unmaskingUndoesMasking(@ForAll @StringLength(max = 40) String clear) {
        String valid = new String(clear.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        PasswordMask mask = PasswordMask.ofKey("some key");
        assertThat(mask.unmask(mask.mask(valid))).isEqualTo(valid);
    }
}
