package io.delos.management;

import io.delos.broker.Reply;
import io.delos.queue.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** Turns the broker's replies into futures. Stateless. */
final class Asking {

    private Asking() {
    }

    /** Asks, and maps the answer. */
    static <T> CompletableFuture<Object> of(Consumer<Reply<T>> question, Function<T, Object> answer) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        question.accept(Reply.of(result -> complete(future, () -> answer.apply(result)),
                refusal -> future.completeExceptionally(new ManagementException(refusal))));
        return future;
    }

    /** Runs on the queue's loop. */
    static CompletableFuture<Object> on(Queue queue, Function<Queue, Object> task) {
        return on(queue.loop()::post, () -> task.apply(queue));
    }

    /** Runs wherever that is. */
    static CompletableFuture<Object> on(Executor where, Task task) {
        CompletableFuture<Object> future = new CompletableFuture<>();
        where.execute(() -> complete(future, task));
        return future;
    }

    /** Something that answers, or fails with a sentence. */
    interface Task {
        Object run() throws Exception;
    }

    private static void complete(CompletableFuture<Object> future, Task task) {
        try {
            future.complete(task.run());
        } catch (Exception failure) {
            future.completeExceptionally(failure);
        }
    }

    /** There is nothing to answer. */
    static CompletableFuture<Object> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
