/**
 * What a client may ask for. A {@link io.delos.broker.Broker} opens a {@link io.delos.broker.Client} for each connection, which opens
 * {@link io.delos.broker.Session}s; a session sends, subscribes, settles and administers, in order, and answers on its own loop.
 */
package io.delos.broker;
