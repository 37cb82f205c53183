/**
 * STOMP 1.0, 1.1 and 1.2. {@link io.delos.stomp.StompProvider} is the door; {@code StompCodec} turns bytes into frames, {@code StompHandler}
 * is one connection's conversation, {@code StompFormat} says how a message sent by STOMP is stored. A frame's headers are kept as one run
 * of bytes from the socket to the journal and back.
 */
package io.delos.stomp;
