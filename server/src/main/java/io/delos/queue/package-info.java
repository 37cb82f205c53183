/**
 * One queue: its window of messages in memory, its backlog of references behind it, its consumers and their credit. A
 * {@link io.delos.queue.Queue} belongs to one loop; others post to it. What must leave it (expired, dead) goes up through
 * {@link io.delos.queue.Departures}.
 */
package io.delos.queue;
