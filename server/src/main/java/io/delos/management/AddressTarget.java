package io.delos.management;

import io.delos.address.Route;

/** An address, and what is needed to manage it. */
record AddressTarget(Desk desk, Route route) { }
