/**
 * What a protocol is: something that recognises its first bytes, takes over a channel, and calls a
 * {@link io.delos.broker.Session}. Protocols are found with {@link java.util.ServiceLoader} as {@link io.delos.spi.ProtocolProvider}.
 */
package io.delos.spi;
