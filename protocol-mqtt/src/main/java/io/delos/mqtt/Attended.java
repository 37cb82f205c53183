package io.delos.mqtt;

import io.delos.broker.Client;
import io.delos.loop.Loop;
import java.util.List;
import java.util.function.Consumer;

/**
 * A session whose client is connected, as operators see it. Owned by the connection's loop.
 *
 * @param keepAlive seconds the client may be silent, but for half as much again; 0 for ever
 * @param errands   where errands wait for their turn
 */
record Attended(MqttSession session, Client client, int keepAlive, Consumer<Errand> errands) {

    /** Ends the connection, and the session with it; answers what was subscribed to. */
    List<SubscriptionOptions> dismiss() {
        List<SubscriptionOptions> subscriptions = session.subscriptions().stream().map(MqttSubscription::options).toList();
        session.expiry(0);
        session.fail(MqttErrors.ADMINISTRATIVE, "an operator has removed the session");
        return subscriptions;
    }

    /**
     * Ends a subscription as if the client had asked for it.
     *
     * @param done told whether there was one
     * @param gone runs instead if the connection ends before it is certain that the subscription will not be found again
     */
    void unsubscribe(String filter, Loop loop, Consumer<Boolean> done, Runnable gone) {
        errands.accept(new Errand(goOn -> {
            boolean known = session.subscription(filter).isPresent();
            new UnsubscribeExchange(session, loop, List.of(filter), codes -> {
                goOn.run();
                if (session.ended()) {
                    gone.run();
                } else {
                    done.accept(known);
                }
            }).begin();
        }, gone));
    }

    /** Messages that were sent to the client and wait for it to confirm them. */
    int sent() {
        return session.outbound().ids().inUse();
    }

    /** Messages from the client that it has not been told, or not acknowledged, the end of. */
    int received() {
        return session.inbound().unanswered();
    }
}
