package io.delos.amqp;

/** What the queue behind a topic subscription is called (AMQP document, section 6). */
final class SubscriptionNames {

    private final String containerId;
    private final boolean coreNaming;

    /** @param coreNaming the broker's setting {@code amqp-use-core-subscription-naming} */
    SubscriptionNames(String containerId, boolean coreNaming) {
        this.containerId = containerId;
        this.coreNaming = coreNaming;
    }

    /** @param linkName of which a shared subscription's name is the part before the first {@code |} */
    String of(String linkName, boolean durable, boolean shared, boolean global) {
        int bar = linkName.indexOf('|');
        String name = shared && bar >= 0 ? linkName.substring(0, bar) : linkName;
        boolean noClient = containerId.isEmpty() || shared && global;
        return coreNaming ? core(name, durable, noClient) : own(name, durable, shared, global || containerId.isEmpty());
    }

    private String core(String name, boolean durable, boolean noClient) {
        String base = noClient ? escape(name) : escape(containerId) + "." + escape(name);
        return durable ? base : "nonDurable." + base;
    }

    private String own(String name, boolean durable, boolean shared, boolean global) {
        StringBuilder queue = new StringBuilder();
        if (!(shared && global) && !containerId.isEmpty()) {
            queue.append(containerId).append('.');
        }
        queue.append(name);
        if (shared && !durable) {
            queue.append(":shared-volatile");
        }
        if (shared && global) {
            queue.append(":global");
        }
        return queue.toString();
    }

    private static String escape(String part) {
        return part.replace("\\", "\\\\").replace(".", "\\.");
    }
}
