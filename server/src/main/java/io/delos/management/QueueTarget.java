package io.delos.management;

import io.delos.broker.QueueMessages;
import io.delos.broker.Reply;
import io.delos.queue.Queue;
import io.delos.queue.Sweep;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A queue, and what is needed to manage it. */
record QueueTarget(Desk desk, Queue queue) {

    /** Does something to the chosen messages; answers how many. */
    CompletableFuture<Object> change(Sweep.Choice choice, long most, Consumer<QueueMessages.Order> deed) {
        return Asking.<Long>of(reply -> deed.accept(new QueueMessages.Order(queue, choice, most, desk.loop(), reply)), count -> count);
    }

    /** Does something to one message; answers whether it was there. */
    CompletableFuture<Object> changeOne(long id, Consumer<QueueMessages.Order> deed) {
        return change(Choices.id(id), 1, deed).thenApply(count -> (Long) count > 0);
    }

    /** Runs on the queue's loop. */
    CompletableFuture<Object> onLoop(Function<Queue, Object> task) {
        return Asking.on(queue, task);
    }

    /** Runs on the queue's loop, and answers nothing. */
    CompletableFuture<Object> tell(Consumer<Queue> task) {
        return Asking.on(queue, q -> {
            task.accept(q);
            return null;
        });
    }

    /** Asks the broker something about it. */
    <T> CompletableFuture<Object> ask(Consumer<Reply<T>> question, Function<T, Object> answer) {
        return Asking.of(question, answer);
    }
}
