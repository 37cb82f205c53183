package io.delos.dist;

/** Who somebody says to be. */
record Account(String user, String password) {
}
