package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticatorTest {
    private static final String ENTRY = "a { org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule required reload=true"
        + " org.apache.activemq.jaas.properties.user=u org.apache.activemq.jaas.properties.role=r; };";

    @TempDir Path folder;
    private final Queue<Runnable> work = new ArrayDeque<>();
    private long now;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("u"), "joe = j\n");
        Files.writeString(folder.resolve("r"), "amq = joe\n");
    }

    private Authenticator authenticator(long size, long millis) {
        return new Authenticator(Login.of(LoginConfig.parse("l", ENTRY), "a", folder),
            Optional.of(new Authenticator.ClusterUser("node", "secret")), work::add, new Authenticator.Cache(size, millis, () -> now));
    }

    private static CompletableFuture<Optional<Identity>> ask(Authenticator authenticator, String user, String password) {
        return authenticator.authenticate(Credentials.of(user, password)).toCompletableFuture();
    }

    private int run() {
        int done = 0;
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
            done++;
        }
        return done;
    }

    @Test
    void answersFromAWorker() {
        Authenticator authenticator = authenticator(10, 1000);
        CompletableFuture<Optional<Identity>> good = ask(authenticator, "joe", "j");
        CompletableFuture<Optional<Identity>> bad = ask(authenticator, "joe", "k");
        assertThat(good).isNotDone();
        assertThat(run()).isEqualTo(2);
        assertThat(good.join()).contains(Identity.of("joe", Set.of("amq")));
        assertThat(bad.join()).isEmpty();
    }

    @Test
    void keepsGoodAndBadAnswersForAWhile() {
        Authenticator authenticator = authenticator(10, 1000);
        ask(authenticator, "joe", "j");
        ask(authenticator, "joe", "k");
        assertThat(run()).isEqualTo(2);
        now += 999_999_999;
        CompletableFuture<Optional<Identity>> looked = ask(authenticator, "joe", "j");
        assertThat(run()).as("the files are looked at, and have not changed").isEqualTo(1);
        assertThat(looked.join()).isPresent();
        assertThat(ask(authenticator, "joe", "j").join()).isPresent();
        assertThat(ask(authenticator, "joe", "k").join()).isEmpty();
        assertThat(run()).isZero();
        now += 1;
        ask(authenticator, "joe", "j");
        assertThat(run()).isEqualTo(1);
        authenticator.forget();
        ask(authenticator, "joe", "j");
        assertThat(run()).isEqualTo(1);
    }

    @Test
    void aChangedPasswordAndARemovedUserAreNoticedAtOnce() throws IOException {
        Authenticator authenticator = authenticator(10, 10_000_000);
        ask(authenticator, "joe", "j");
        run();
        now += 100_000_000;
        Files.writeString(folder.resolve("u"), "joe = other\nann = a\n");
        // somebody else's login has read the files anew already
        ask(authenticator, "ann", "a");
        run();
        CompletableFuture<Optional<Identity>> old = ask(authenticator, "joe", "j");
        run();
        assertThat(old.join()).isEmpty();
        CompletableFuture<Optional<Identity>> changed = ask(authenticator, "joe", "other");
        run();
        assertThat(changed.join()).isPresent();
        now += 100_000_000;
        Files.writeString(folder.resolve("u"), "ann = a\n");
        CompletableFuture<Optional<Identity>> removed = ask(authenticator, "joe", "other");
        run();
        assertThat(removed.join()).isEmpty();
    }

    @Test
    void equalQuestionsShareOneLogin() {
        Authenticator authenticator = authenticator(10, 1000);
        CompletableFuture<Optional<Identity>> first = ask(authenticator, "joe", "j");
        CompletableFuture<Optional<Identity>> second = ask(authenticator, "joe", "j");
        first.cancel(true);
        assertThat(run()).isEqualTo(1);
        assertThat(second.join()).isPresent();
    }

    @Test
    void whatIsShownDoesNotRunTogether() {
        Authenticator authenticator = authenticator(10, 1000);
        ask(authenticator, "joe", "j");
        ask(authenticator, "jo", "ej");
        ask(authenticator, "joej", "");
        authenticator.authenticate(new Credentials("joe", "", "j"));
        assertThat(run()).isEqualTo(4);
    }

    @Test
    void keepsNoMoreThanItMay() {
        Authenticator authenticator = authenticator(5, 1000);
        for (int i = 0; i < 100; i++) {
            ask(authenticator, "joe", "guess" + i);
        }
        assertThat(run()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            ask(authenticator, "joe", "guess" + i);
        }
        assertThat(run()).isGreaterThanOrEqualTo(95);
    }

    @Test
    void keepsNothingWhenToldSo() {
        for (Authenticator authenticator : new Authenticator[] {authenticator(0, 1000), authenticator(10, 0)}) {
            ask(authenticator, "joe", "j");
            ask(authenticator, "joe", "j");
            assertThat(run()).isEqualTo(2);
        }
    }

    @Test
    void whatCannotBeToldIsNotKept() throws IOException {
        Authenticator authenticator = authenticator(10, 1000);
        Files.delete(folder.resolve("u"));
        CompletableFuture<Optional<Identity>> answer = ask(authenticator, "joe", "j");
        run();
        assertThatThrownBy(answer::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(IOException.class);
        files();
        CompletableFuture<Optional<Identity>> again = ask(authenticator, "joe", "j");
        assertThat(run()).isEqualTo(1);
        assertThat(again.join()).isPresent();
    }

    @Test
    void busyWorkersRefuse() {
        Authenticator authenticator = new Authenticator(Login.of(LoginConfig.parse("l", ENTRY), "a", folder), Optional.empty(), task -> {
            throw new RejectedExecutionException("busy");
        }, Authenticator.Cache.DEFAULT);
        assertThatThrownBy(() -> ask(authenticator, "joe", "j").join()).hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void otherNodesMayDoEverythingButNotWithThePublicPassword() {
        Authenticator authenticator = authenticator(10, 1000);
        CompletableFuture<Optional<Identity>> good = ask(authenticator, "node", "secret");
        CompletableFuture<Optional<Identity>> bad = ask(authenticator, "node", "Secret");
        run();
        assertThat(good.join()).contains(Identity.unlimited("node"));
        assertThat(bad.join()).isEmpty();
        Authenticator open = new Authenticator(Login.of(LoginConfig.parse("l", ENTRY), "a", folder),
            Optional.of(new Authenticator.ClusterUser("node", "CHANGE ME!!")), work::add, Authenticator.Cache.DEFAULT);
        CompletableFuture<Optional<Identity>> known = ask(open, "node", "CHANGE ME!!");
        run();
        assertThat(known.join()).isEmpty();
    }

    @Test
    void theClustersPasswordMayBeMasked() {
        BrokerConfig config = BrokerConfig.defaults().with("cluster-user", "n");
        assertThat(Authenticator.ClusterUser.of(config.security()).isDefault()).isTrue();
        assertThat(Authenticator.ClusterUser.of(config.with("cluster-password", "ENC(-41e444c3ed07d6dd)").security()))
            .isEqualTo(new Authenticator.ClusterUser("n", "secret"));
        assertThat(Authenticator.ClusterUser.of(config.with("cluster-password", "-41e444c3ed07d6dd").with("mask-password", true).security()).password())
            .isEqualTo("secret");
    }

    @Test
    void refusalsDoNotTellThePassword() {
        Credentials credentials = new Credentials("joe", "geheim", "");
        assertThat(credentials.refusal("1.2.3.4:5")).isEqualTo(
            "AMQ229031: Unable to validate user from 1.2.3.4:5. Username: joe; SSL certificate subject DN: unavailable");
        assertThat(Credentials.NONE.refusal("x")).contains("Username: null;");
        assertThat(Credentials.NONE.isAnonymous()).isTrue();
        assertThat(credentials.toString() + new Authenticator.ClusterUser("u", "geheim")).doesNotContain("geheim");
    }
}
