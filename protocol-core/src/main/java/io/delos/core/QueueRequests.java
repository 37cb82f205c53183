package io.delos.core;

import io.delos.config.QueueRequest;
import java.util.Optional;

/** Queue attributes as packets carry them and as the broker names them. */
final class QueueRequests {
    private QueueRequests() {
    }

    /** What {@code request} gives beyond the fields every packet has. */
    static QueueAttributes attributes(QueueRequest request) {
        return new QueueAttributes(given(request, "exclusive"), given(request, "last-value"), given(request, "last-value-key"),
                given(request, "non-destructive"), given(request, "consumers-before-dispatch"), given(request, "delay-before-dispatch"),
                given(request, "group-rebalance"), given(request, "group-buckets"), given(request, "auto-delete"),
                given(request, "auto-delete-delay"), given(request, "auto-delete-message-count"), given(request, "group-first-key"),
                given(request, "ring-size"), given(request, "enabled"), given(request, "group-rebalance-pause-dispatch"));
    }

    @SuppressWarnings("unchecked")
    private static <T> Optional<T> given(QueueRequest request, String attribute) {
        return (Optional<T>) request.given(attribute);
    }

    /** {@code request} with what {@code attributes} gives. */
    static QueueRequest with(QueueRequest request, QueueAttributes attributes) {
        QueueRequest all = request;
        all = with(all, "exclusive", attributes.exclusive());
        all = with(all, "last-value", attributes.lastValue());
        all = with(all, "last-value-key", attributes.lastValueKey());
        all = with(all, "non-destructive", attributes.nonDestructive());
        all = with(all, "consumers-before-dispatch", attributes.consumersBeforeDispatch());
        all = with(all, "delay-before-dispatch", attributes.delayBeforeDispatch());
        all = with(all, "group-rebalance", attributes.groupRebalance());
        all = with(all, "group-buckets", attributes.groupBuckets());
        all = with(all, "auto-delete", attributes.autoDelete());
        all = with(all, "auto-delete-delay", attributes.autoDeleteDelay());
        all = with(all, "auto-delete-message-count", attributes.autoDeleteMessageCount());
        all = with(all, "group-first-key", attributes.groupFirstKey());
        all = with(all, "ring-size", attributes.ringSize());
        all = with(all, "enabled", attributes.enabled());
        return with(all, "group-rebalance-pause-dispatch", attributes.groupRebalancePauseDispatch());
    }

    static QueueRequest with(QueueRequest request, String attribute, Optional<?> value) {
        return value.isPresent() ? request.with(attribute, value.get()) : request;
    }
}
