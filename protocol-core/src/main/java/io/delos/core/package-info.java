/**
 * The CORE protocol: what the JMS and Jakarta clients of Apache Artemis speak. Read {@code CoreProtocol}, then {@code CoreHandler} (one
 * per connection) and {@code CoreSession} (one per session channel). {@code CoreCodec} turns frames into {@code Packet} records and
 * back; {@code CoreFormat} says how the stored bytes of a message read; {@code CoreClient} is the other end of the same codec.
 */
package io.delos.core;
