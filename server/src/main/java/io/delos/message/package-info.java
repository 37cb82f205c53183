/**
 * What moves through the broker. A {@link io.delos.message.Message} is an envelope the broker understands around bytes it does not:
 * the client's own encoding, which only a {@link io.delos.message.MessageFormat} reads, and which is translated through
 * {@link io.delos.message.NeutralMessage} only for consumers of another dialect.
 */
package io.delos.message;
