/**
 * Sockets. An {@link io.delos.transport.Acceptor} listens on one URL; what arrives passes its gates (PROXY header, TLS, HTTP upgrade)
 * and a detector that looks at the first eight bytes, hands the channel to a protocol and leaves. From then on the transport only
 * counts silence, carries pressure both ways and closes.
 */
package io.delos.transport;
