package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of SCRAM; the conversation is the example of RFC 7677 §3. */
class ScramExchangeTest {

    private static final String FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private static final String FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ScramExchange begun() {
        ScramExchange exchange = ScramExchange.begin(utf8(FIRST)).orElseThrow();
        exchange.challenge("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", SALT, 4096);
        return exchange;
    }

    @Test
    void theExampleOfTheStandard() {
        ScramExchange exchange = ScramExchange.begin(utf8(FIRST)).orElseThrow();
        assertThat(exchange.user()).isEqualTo("user");
        assertThat(new String(exchange.challenge("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", SALT, 4096), StandardCharsets.UTF_8))
                .isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        ScramExchange.Proof proof = exchange.proof(utf8(FINAL + ",p=" + PROOF)).orElseThrow();
        assertThat(Base64.getEncoder().encodeToString(proof.proof())).isEqualTo(PROOF);
        assertThat(new String(proof.authMessage(), StandardCharsets.UTF_8)).isEqualTo("n=user,r=rOprNGfwEbeRWgbNEkqO,"
                + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096," + FINAL);
        assertThat(new String(ScramExchange.verified(new byte[] {1, 2}), StandardCharsets.UTF_8)).isEqualTo("v=AQI=");
    }

    @Test
    void namesWithCommasAndEqualsSigns() {
        assertThat(ScramExchange.begin(utf8("y,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=x")).orElseThrow().user()).isEqualTo("a,b=c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "n,,", "n,,n=user", "n,,n=,r=x", "n,,n=user,r=", "p=tls-unique,,n=user,r=x", "n,a=other,n=user,r=x",
        "n,,n=a=2,r=x", "n,x,n=user,r=x", "n,,m=ext,n=user,r=x", "user\0user\0password"})
    void whatIsNoFirstMessage(String text) {
        assertThat(ScramExchange.begin(utf8(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",p=", FINAL, "c=biws,r=other,p=" + PROOF, "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=" + PROOF,
        FINAL + ",p=not Base64"})
    void whatIsNoFinalMessage(String text) {
        assertThat(begun().proof(utf8(text))).isEmpty();
    }
}
