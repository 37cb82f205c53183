package io.delos.cli;

/**
 * Where messages are sent to or taken from.
 *
 * @param name an address or {@code address::queue}
 * @param topic whether everybody gets a copy
 */
record Place(String name, boolean topic) {

    private static final String QUEUE = "queue://";
    private static final String TOPIC = "topic://";

    /** Reads {@code queue://x}, {@code topic://x}, or a bare name, which is a queue's. */
    static Place parse(String text) throws CliException {
        boolean topic = text.startsWith(TOPIC);
        String name = topic || text.startsWith(QUEUE) ? text.substring(QUEUE.length()) : text;
        if (name.isBlank()) {
            throw new CliException("The destination '" + text + "' has no name");
        }
        return new Place(name, topic);
    }

    /** The address part of the name. */
    String address() {
        int colons = name.indexOf("::");
        return colons < 0 ? name : name.substring(0, colons);
    }

    /** The queue a consumer reads: the part behind {@code ::}, or the name itself. */
    String queue() {
        int colons = name.indexOf("::");
        return colons < 0 ? name : name.substring(colons + 2);
    }
}
