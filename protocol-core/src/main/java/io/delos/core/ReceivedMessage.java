package io.delos.core;

import io.delos.message.NeutralMessage;

/**
 * A message a {@link CoreClientConsumer} got.
 *
 * @param consumer      the client's number of that consumer
 * @param id            the broker's id of the message, used to acknowledge it
 * @param deliveryCount 1 for the first attempt, 0 when browsing
 */
public record ReceivedMessage(NeutralMessage message, long consumer, long id, int deliveryCount) {
}
