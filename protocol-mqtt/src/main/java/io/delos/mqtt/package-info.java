/**
 * MQTT 3.1, 3.1.1 and 5 on Netty's decoder, before which {@code WireRules} judges the bytes. {@link io.delos.mqtt.MqttProvider} is the door;
 * {@code MqttHandler} is a connection, which leads through {@code Arrival} and {@code ConnectExchange} to an {@code MqttSession} with its two directions, {@code Inbound} and {@code Outbound}. Each
 * subscription is a queue named {@code clientId.filter}; what must outlive a connection or the process is written with
 * {@link io.delos.broker.Broker#remember}. {@code MqttFormat} is how messages are stored.
 */
package io.delos.mqtt;
