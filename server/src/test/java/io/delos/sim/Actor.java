package io.delos.sim;

/** Whatever can take a step. */
abstract class Actor {
    final String name;
    final World world;
    /** How likely it is to be next, among those that are ready. */
    final int weight;

    Actor(World world, String name) {
        this.world = world;
        this.name = name;
        this.weight = world.weight();
    }

    /** Whether it has something to do. */
    abstract boolean ready();

    /** Does it. */
    abstract void step();

    /** Whether it only goes on with what others have begun. */
    boolean passive() {
        return true;
    }
}
