package io.delos.mqtt;

import io.delos.broker.Reply;
import io.delos.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The steps of an UNSUBSCRIBE: one filter after the other loses its consumer and its queue, then it is made durable that the session has none,
 * then the client is answered. Owned by the connection's loop, whose handler keeps later packets back until {@code answer} is told.
 */
final class UnsubscribeExchange {

    private final MqttSession session;
    private final Loop loop;
    private final List<String> filters;
    private final Consumer<List<Integer>> answer;
    private final List<Integer> codes = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();

    /** @param answer told one code for each filter; not at all when the connection is ended instead */
    UnsubscribeExchange(MqttSession session, Loop loop, List<String> filters, Consumer<List<Integer>> answer) {
        this.session = session;
        this.loop = loop;
        this.filters = List.copyOf(filters);
        this.answer = answer;
    }

    void begin() {
        if (codes.size() == filters.size()) {
            session.forget(gone, Reply.of(done -> answer.accept(codes), session::storeFailed));
            return;
        }
        Optional<MqttSubscription> subscription = session.subscription(filters.get(codes.size()));
        if (subscription.isEmpty()) {
            next(MqttErrors.NO_SUBSCRIPTION);
        } else {
            gone.add(filters.get(codes.size()));
            session.unsubscribe(subscription.get(), Reply.of(done -> next(MqttErrors.SUCCESS), refusal -> next(MqttErrors.UNSPECIFIED)));
        }
    }

    private void next(int code) {
        codes.add(code);
        loop.post(this::begin);
    }
}
