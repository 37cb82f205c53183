/**
 * The {@code artemis} command: makes an instance, runs it, and talks to a running broker.
 *
 * <p>{@link io.delos.cli.Main} parses, every command is an {@code Action}. Commands speak to a broker through
 * {@code Messaging} (CORE or AMQP) and never through the server's own objects; only {@code run} starts a server.
 */
package io.delos.cli;
