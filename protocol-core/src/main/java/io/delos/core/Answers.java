package io.delos.core;

import io.delos.core.AnswerPacket.Failed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for what a broker answers. */
final class Answers {
    private Answers() {
    }

    /** The answer; a refusal becomes a {@link CoreClientException}, anything else that goes wrong an {@link IOException}. */
    static Packet await(CompletableFuture<Packet> answer, Duration timeout) throws IOException {
        try {
            Packet packet = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (packet instanceof Failed refusal) {
                throw new CoreClientException(refusal.code(), refusal.message().orElse("refused with code " + refusal.code()));
            }
            return packet;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer from the broker within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the broker");
        }
    }
}
