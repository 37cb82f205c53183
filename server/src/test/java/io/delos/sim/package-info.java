/**
 * A simulation of brokers, from a seed: the real code of journal, store, queue and session in one thread, on a disk, a clock and a wire that
 * the {@link io.delos.sim.World} owns. A {@link io.delos.sim.Node} is a machine with a disk, a {@link io.delos.sim.Life} one process on it;
 * {@link io.delos.sim.Guest}s are its clients, {@link io.delos.sim.Fate} is what happens to it. The {@link io.delos.sim.Model} says at each
 * step whether what comes out may be so, the {@link io.delos.sim.Audit} compares it with all there is.
 */
package io.delos.sim;
