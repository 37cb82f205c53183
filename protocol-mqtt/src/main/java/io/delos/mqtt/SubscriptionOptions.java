package io.delos.mqtt;

/**
 * What a client said of a subscription (MQTT 5, 3.8.3.1).
 *
 * @param filter            the text of the filter
 * @param qos               0 to 2
 * @param noLocal           leaves out what this client publishes
 * @param retainAsPublished keeps the retain flag of what is published
 * @param retainHandling    0 retained messages are sent, 1 only when the subscription is new, 2 never
 * @param identifier        told with each delivery; 0 for none
 */
record SubscriptionOptions(String filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling, int identifier) { }
