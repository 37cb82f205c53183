/**
 * Durable facts. A {@link io.delos.store.Fact} is what the journal's records mean; a {@link io.delos.store.Unit} is what becomes true
 * together; the {@link io.delos.store.Store} writes units, tells the owners when they are durable, and reads cold messages back.
 */
package io.delos.store;
