package io.delos.dist;

/** An address, and whether its messages go to one of its consumers or to all. */
record Place(String name, boolean topic) {
}
