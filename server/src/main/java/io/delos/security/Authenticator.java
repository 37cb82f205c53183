package io.delos.security;

import io.delos.config.BrokerSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets people in, or not. Any thread asks; the login itself runs on a worker, and the answer completes there: the asker posts it home.
 * Answers, good and bad, are kept for a while, keyed by a digest of what was shown under a key of this process, never by the password;
 * equal questions under way share one login. The cache is a concurrent map, as every loop asks. An answer is only repeated if the files
 * it rests on were looked at lately and hadn't changed; so who is taken out of them, or gets another password, is refused at once.
 */
public final class Authenticator {
    private static final String DIGEST = "HmacSHA256";
    private static final long LOOK_NANOS = 100_000_000L;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Login login;
    private final Optional<ClusterUser> cluster;
    private final Executor workers;
    private final Cache cache;
    /** Of each thread, ready for the next digest: finding the algorithm takes longer than using it. */
    private final ThreadLocal<Mac> digests;
    private final Map<ByteBuffer, Answer> answers = new ConcurrentHashMap<>();
    private volatile long lookedAt;
    private long revision = UNKNOWN;

    /**
     * How long answers are kept.
     *
     * @param size answers at most; 0 keeps none
     * @param millis life of an answer in milliseconds; 0 keeps none
     * @param clock a monotonic time in nanoseconds
     */
    public record Cache(long size, long millis, LongSupplier clock) {
        /** A thousand answers for ten seconds. */
        public static final Cache DEFAULT = new Cache(1000, 10_000, System::nanoTime);

        private boolean isOn() {
            return size > 0 && millis > 0;
        }
    }

    /** The name and password by which nodes of a cluster know each other, in the clear. */
    public record ClusterUser(String user, String password) {
        private static final String PUBLIC_PASSWORD = "CHANGE ME!!";

        /**
         * What the configuration says, with a masked password revealed.
         *
         * @throws io.delos.config.ConfigException when the password can't be revealed
         */
        public static ClusterUser of(BrokerSettings.Security security) {
            PasswordMask mask = PasswordMask.ofCodec(security.passwordCodec());
            String written = security.clusterPassword();
            boolean bare = security.maskPassword() && !PasswordMask.isMasked(written) && !written.equals(PUBLIC_PASSWORD);
            return new ClusterUser(security.clusterUser(), bare ? mask.unmask(written) : mask.reveal(written));
        }

        /** Whether the password is the one everybody knows: then nobody is let in by it. */
        public boolean isDefault() {
            return password.equals(PUBLIC_PASSWORD) || password.isEmpty();
        }

        @Override public String toString() {
            return "ClusterUser[" + user + "]";
        }
    }

    private record Answer(long asked, CompletableFuture<Optional<Identity>> result) {
    }

    /**
     * @param cluster whom to let in with all permissions, if anybody
     * @param workers where logins run
     */
    public Authenticator(Login login, Optional<ClusterUser> cluster, Executor workers, Cache cache) {
        this.login = login;
        this.cluster = cluster.filter(user -> !user.isDefault());
        this.workers = workers;
        this.cache = cache;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.digests = ThreadLocal.withInitial(() -> keyed(key));
        this.lookedAt = cache.clock.getAsLong() - LOOK_NANOS;
    }

    /**
     * Checks credentials.
     *
     * @return completes on a worker (or at once, when the answer is known) with who it is; empty when refused; exceptionally with an
     *     {@link IOException} or {@link RejectedExecutionException} when nobody can tell right now
     */
    public CompletionStage<Optional<Identity>> authenticate(Credentials credentials) {
        if (!cache.isOn()) {
            return ask(credentials, new CompletableFuture<>());
        }
        ByteBuffer digest = digest(credentials);
        long now = cache.clock.getAsLong();
        Answer known = answers.get(digest);
        if (known != null && !isStale(known, now)) {
            return !known.result.isDone() || now - lookedAt < LOOK_NANOS ? known.result.copy() : afterLooking(credentials);
        }
        return first(credentials, digest, known, now);
    }

    /**
     * What it takes to check a SCRAM proof of this user's. Nobody can tell from it whether there is such a user.
     *
     * @param entry the entry of login.config to ask, if there is one of that name
     * @return completes on a worker; exceptionally with an {@link IOException} or {@link RejectedExecutionException} when nobody can tell
     *     right now
     */
    public CompletionStage<ScramUser> scram(ScramHash hash, String user, String entry) {
        CompletableFuture<ScramUser> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    Optional<ScramUser> known = login.scram(hash, user, entry);
                    result.complete(known.isPresent() ? known.get() : nobody(hash, user));
                } catch (IOException | RuntimeException undecided) {
                    result.completeExceptionally(undecided);
                }
            });
        } catch (RejectedExecutionException busy) {
            result.completeExceptionally(busy);
        }
        return result;
    }

    /** The same salt each time, and as much work as for somebody. */
    private ScramUser nobody(ScramHash hash, String user) {
        byte[] salt = digests.get().doFinal(user.getBytes(StandardCharsets.UTF_8));
        return new ScramUser(ScramKeys.derive(hash, user, salt, ScramKeys.ITERATIONS), Optional.empty());
    }

    /** Reads what has changed of the files, on a worker, before the answer is given that is right then. */
    private CompletionStage<Optional<Identity>> afterLooking(Credentials credentials) {
        CompletableFuture<Optional<Identity>> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                look();
                authenticate(credentials).whenComplete((identity, failure) -> {
                    if (failure == null) {
                        result.complete(identity);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            });
        } catch (RejectedExecutionException busy) {
            result.completeExceptionally(busy);
        }
        return result;
    }

    private synchronized void look() {
        long now = cache.clock.getAsLong();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        long current = login.revision();
        if (revision != UNKNOWN && current != revision) {
            answers.clear();
        }
        revision = current;
        lookedAt = now;
    }

    private CompletionStage<Optional<Identity>> first(Credentials credentials, ByteBuffer digest, Answer known, long now) {
        Answer fresh = new Answer(now, new CompletableFuture<>());
        Answer raced = known == null ? answers.putIfAbsent(digest, fresh) : answers.replace(digest, known, fresh) ? null : answers.get(digest);
        if (raced != null) {
            return raced.result.copy();
        }
        makeRoom(now);
        ask(credentials, fresh.result);
        fresh.result.whenComplete((identity, failure) -> {
            if (failure != null) {
                answers.remove(digest, fresh);
            }
        });
        return fresh.result.copy();
    }

    /** Forgets all answers: after users, roles or passwords were changed. */
    public void forget() {
        answers.clear();
    }

    /** Answers that are known. */
    public int remembered() {
        return answers.size();
    }

    private boolean isStale(Answer answer, long now) {
        return now - answer.asked >= cache.millis * 1_000_000L;
    }

    private void makeRoom(long now) {
        if (answers.size() <= cache.size) {
            return;
        }
        answers.values().removeIf(answer -> isStale(answer, now));
        Iterator<ByteBuffer> some = answers.keySet().iterator();
        while (answers.size() > cache.size && some.hasNext()) {
            some.next();
            some.remove();
        }
    }

    private CompletableFuture<Optional<Identity>> ask(Credentials credentials, CompletableFuture<Optional<Identity>> result) {
        try {
            workers.execute(() -> {
                try {
                    look();
                    result.complete(decide(credentials));
                } catch (IOException | RuntimeException undecided) {
                    result.completeExceptionally(undecided);
                }
            });
        } catch (RejectedExecutionException busy) {
            result.completeExceptionally(busy);
        }
        return result;
    }

    private Optional<Identity> decide(Credentials credentials) throws IOException {
        if (cluster.isPresent() && cluster.get().user.equals(credentials.user())) {
            boolean same = StoredPassword.same(cluster.get().password, credentials.password());
            return same ? Optional.of(Identity.unlimited(credentials.user())) : Optional.empty();
        }
        return login.login(credentials);
    }

    private ByteBuffer digest(Credentials credentials) {
        Mac mac = digests.get();
        for (String part : new String[] {credentials.user(), credentials.password(), credentials.certificateSubject()}) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            mac.update(bytes);
        }
        return ByteBuffer.wrap(mac.doFinal());
    }

    private static Mac keyed(byte[] key) {
        try {
            Mac mac = Mac.getInstance(DIGEST);
            mac.init(new SecretKeySpec(key, DIGEST));
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the platform has no " + DIGEST, missing);
        }
    }
}
