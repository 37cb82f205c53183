/**
 * AMQP 1.0. {@link io.delos.amqp.AmqpProvider} is the door; {@code AmqpHandler} is a connection, on Proton's engine; {@code ReceiverLink}
 * takes what clients send and {@code SenderLink} gives them what they consume; {@code AmqpFormat} reads the messages, which are stored
 * as the client wrote them. Everything about one connection belongs to its loop.
 */
package io.delos.amqp;
