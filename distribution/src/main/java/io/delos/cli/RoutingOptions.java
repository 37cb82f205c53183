package io.delos.cli;

import picocli.CommandLine.Option;

/** Anycast or multicast. */
final class RoutingOptions {

    @Option(names = "--anycast", description = "Each message goes to one consumer.")
    boolean anycast;

    @Option(names = "--no-anycast", description = "Not anycast.")
    boolean noAnycast;

    @Option(names = "--multicast", description = "Each message goes to every queue of the address.")
    boolean multicast;

    @Option(names = "--no-multicast", description = "Not multicast.")
    boolean noMulticast;
}
