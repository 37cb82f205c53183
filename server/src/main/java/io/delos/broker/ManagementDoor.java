package io.delos.broker;

import io.delos.message.Message;

/** Answers messages sent to the management address. Called on the session's loop, rights for the address checked. */
public interface ManagementDoor {

    /** Nobody answers. */
    ManagementDoor CLOSED = (session, message, done) ->
            done.failed(new BrokerException(Reason.UNAVAILABLE, "this broker has no management"));

    /** Carries out the request; the answer is sent, through {@code session}, to where the request asks; {@code done} is the request's own confirmation. */
    void request(Session session, Message message, Reply<Void> done);
}
