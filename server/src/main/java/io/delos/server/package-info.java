/** The composition root: {@link io.delos.server.Server} starts everything in order, and stops it in reverse. */
package io.delos.server;
