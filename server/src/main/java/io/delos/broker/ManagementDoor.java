package io.delos.broker;

import io.delos.message.Message;
import java.util.function.Consumer;

/** Answers messages sent to the management address. Called on the session's loop, rights for the address checked. */
public interface ManagementDoor {

    /** Nobody answers. */
    ManagementDoor CLOSED = (session, message, done) ->
            done.failed(new BrokerException(Reason.UNAVAILABLE, "this broker has no management"));

    /** Carries out the request; the answer is sent, through {@code session}, to where the request asks; {@code done} is the request's own confirmation. */
    void request(Session session, Message message, Reply<Void> done);

    /** Carries out a request to the management node; {@code answer} is told on the session's loop. */
    default void request(Session session, ManagementRequest request, Consumer<ManagementRequest.Answer> answer) {
        answer.accept(ManagementRequest.Answer.refusal(503, "this broker has no management"));
    }
}
