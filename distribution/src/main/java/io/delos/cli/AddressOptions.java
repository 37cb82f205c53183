package io.delos.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Addresses and queues of a new broker, and how it treats others. */
final class AddressOptions {

    /**
     * An address to declare.
     *
     * @param name its name
     * @param anycast whether it is anycast; else multicast
     * @param queue whether a queue of the same name is declared with it
     */
    record Declared(String name, boolean anycast, boolean queue) {
    }

    @Option(names = "--queues", paramLabel = "<list>", split = ",",
            description = "Queues, with addresses of the same names: a,b:multicast. Default type: anycast.")
    List<String> queues = List.of();

    @Option(names = "--addresses", paramLabel = "<list>", split = ",",
            description = "Addresses without queues: a,b:anycast. Default type: multicast.")
    List<String> addresses = List.of();

    @Option(names = "--autocreate", description = "Create addresses and queues when clients first use them (default).")
    boolean autoCreate;

    @Option(names = "--no-autocreate", description = "Clients may use only what exists.")
    boolean noAutoCreate;

    @Option(names = "--autodelete", description = "Delete what was created automatically when nobody uses it any more.")
    boolean autoDelete;

    @Option(names = "--paging", description = "An address that is full writes to disk (default).")
    boolean paging;

    @Option(names = "--blocking", description = "An address that is full makes producers wait.")
    boolean blocking;

    @Option(names = "--global-max-size", paramLabel = "<bytes>", description = "Memory for all messages: 100M. Default: half of the heap's maximum.")
    String globalMaxSize;

    @Option(names = "--global-max-messages", paramLabel = "<n>", defaultValue = "-1", description = "How many messages in memory, all addresses together.")
    long globalMaxMessages;

    @Option(names = "--purge-page-folders", description = "Delete page folders that are no longer used.")
    boolean purgePageFolders;

    void check() throws CliException {
        if (autoCreate && noAutoCreate) {
            throw new CliException("--autocreate and --no-autocreate exclude each other");
        }
        if (paging && blocking) {
            throw new CliException("--paging and --blocking exclude each other");
        }
        declared();
    }

    /** What both lists ask for, in their order. */
    List<Declared> declared() throws CliException {
        List<Declared> all = new ArrayList<>();
        for (String queue : queues) {
            all.add(declared(queue, true));
        }
        for (String address : addresses) {
            all.add(declared(address, false));
        }
        return all;
    }

    private static Declared declared(String item, boolean queue) throws CliException {
        int colon = item.lastIndexOf(':');
        String name = (colon < 0 ? item : item.substring(0, colon)).trim();
        String type = colon < 0 ? queue ? "anycast" : "multicast" : item.substring(colon + 1).trim().toLowerCase(Locale.ROOT);
        if (name.isEmpty() || !type.equals("anycast") && !type.equals("multicast")) {
            throw new CliException((queue ? "--queues" : "--addresses") + ": '" + item + "' should read name, name:anycast or name:multicast");
        }
        return new Declared(name, type.equals("anycast"), queue);
    }
}
