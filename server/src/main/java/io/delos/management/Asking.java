package io.delos.management;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.queue.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** Turns the broker's replies into futures. Stateless. */
final class Asking {

    private Asking() {
    }

    /** Asks, and maps the answer. */
    static <T> CompletableFuture<Object> of(Consumer<Reply<T>> question, Function<T, Object> answer) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        question.accept(Reply.of(result -> future.complete(answer.apply(result)), refusal -> future.completeExceptionally(sentence(refusal))));
        return future;
    }

    private static ManagementException sentence(BrokerException refusal) {
        return new ManagementException(refusal.getMessage());
    }

    /** Runs on the queue's loop. */
    static CompletableFuture<Object> on(Queue queue, Function<Queue, Object> task) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        queue.loop().post(() -> {
            try {
                future.complete(task.apply(queue));
            } catch (RuntimeException failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /** The queue of that name, or the sentence that there is none. */
    static Queue queue(Broker broker, String name) {
        return broker.findQueue(name).orElseThrow(() -> new ManagementException("AMQ229017: Queue " + name + " does not exist"));
    }
}
