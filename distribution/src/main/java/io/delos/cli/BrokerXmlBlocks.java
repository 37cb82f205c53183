package io.delos.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parts of broker.xml that depend on the options of {@code create}. */
final class BrokerXmlBlocks {

    private static final String BUFFERS = "tcpSendBufferSize=1048576;tcpReceiveBufferSize=1048576";
    private static final String AMQP_TUNING = "amqpCredits=1000;amqpLowCredits=300;amqpMinLargeMessageSize=102400;amqpDuplicateDetection=true";

    private final CreateCommand options;
    private final Optional<DiskSpeed> speed;

    BrokerXmlBlocks(CreateCommand options, Optional<DiskSpeed> speed) {
        this.options = options;
        this.speed = speed;
    }

    Map<String, String> values() throws CliException {
        Map<String, String> values = new HashMap<>();
        values.put("name", Template.xml(options.network.brokerName()));
        values.put("acceptors", acceptors());
        values.put("ping", options.network.ping == null ? "" : ping(options.network.ping));
        values.putAll(storage());
        values.putAll(addresses());
        values.putAll(cluster());
        return values;
    }

    private Map<String, String> storage() {
        StorageOptions storage = options.storage;
        return Map.of(
                "persistence", String.valueOf(!storage.noPersistence),
                "journalType", storage.namesType() ? element("journal-type", storage.journalType()) : "",
                "datasync", String.valueOf(!storage.noFsync),
                "data", Template.xml(options.scripts.data),
                "retention", storage.retains() ? retention(storage) : "",
                "store", options.database.jdbc ? database(options.database) : "",
                "tuning", tuning(storage));
    }

    /** What the journal finds out by itself is written only for those who ask for it. */
    private String tuning(StorageOptions storage) {
        List<String> lines = new ArrayList<>();
        speed.ifPresent(measured -> lines.add("<!-- This disk made " + measured.shown() + " single writes durable in a millisecond. "
                + "The journal writes in groups and needs no journal-buffer-timeout. -->"));
        if (storage.blockSize != null) {
            lines.add(element("journal-device-block-size", storage.blockSize));
        }
        if (storage.maxIo != null) {
            lines.add(element("journal-max-io", storage.maxIo));
        }
        return String.join("\n", lines);
    }

    private String retention(StorageOptions storage) {
        String period = storage.retentionDays > 0 ? " period=\"" + storage.retentionDays + "\" unit=\"DAYS\"" : "";
        String limit = storage.retentionBytes == null ? "" : " storage-limit=\"" + Template.xml(storage.retentionBytes) + "\"";
        return "<journal-retention-directory" + period + limit + ">" + Template.xml(options.scripts.data) + "/retention</journal-retention-directory>";
    }

    private String database(DatabaseOptions database) {
        String url = database.url == null ? "jdbc:derby:" + options.scripts.data + "/derby/db;create=true" : database.url;
        List<String> lines = new ArrayList<>(List.of(
                element("jdbc-driver-class-name", database.driver),
                element("jdbc-connection-url", url),
                element("message-table-name", database.messageTable),
                element("bindings-table-name", database.bindingsTable),
                element("large-message-table-name", database.largeMessageTable),
                element("page-store-table-name", database.pageTable),
                element("node-manager-store-table-name", database.nodeManagerTable),
                element("jdbc-lock-expiration", database.lockExpiration),
                element("jdbc-lock-renew-period", database.lockRenewPeriod),
                element("jdbc-network-timeout", database.networkTimeout),
                element("jdbc-max-page-size-bytes", "100K")));
        if (database.user != null) {
            lines.add(element("jdbc-user", database.user));
        }
        if (database.password != null) {
            lines.add(element("jdbc-password", "ENC(" + Secrets.mask(database.password) + ")"));
        }
        return nest("store", nest("database-store", String.join("\n", lines)));
    }

    private Map<String, String> addresses() throws CliException {
        AddressOptions addresses = options.addresses;
        List<String> declared = new ArrayList<>();
        for (AddressOptions.Declared one : addresses.declared()) {
            String type = one.anycast() ? "anycast" : "multicast";
            String inner = one.queue() ? nest(type, "<queue name=\"" + Template.xml(one.name()) + "\"/>") : "<" + type + "/>";
            declared.add("<address name=\"" + Template.xml(one.name()) + "\">\n" + inner.indent(3) + "</address>");
        }
        return Map.of(
                "addresses", String.join("\n", declared),
                "autoCreate", String.valueOf(!addresses.noAutoCreate),
                "autoDelete", String.valueOf(addresses.autoDelete),
                "fullPolicy", addresses.blocking ? "BLOCK" : "PAGE",
                "globalMaxSize", addresses.globalMaxSize == null ? "" : element("global-max-size", addresses.globalMaxSize),
                "globalMaxMessages", String.valueOf(addresses.globalMaxMessages),
                "purgePageFolders", addresses.purgePageFolders ? element("purge-page-folders", true) : "");
    }

    private String acceptors() {
        NetworkOptions network = options.network;
        List<String> all = new ArrayList<>();
        all.add("<!-- every protocol on one port -->");
        all.add(acceptor("artemis", network.defaultPort, BUFFERS + ";amqpMinLargeMessageSize=102400;"
                + "protocols=CORE,AMQP,STOMP,HORNETQ,MQTT,OPENWIRE;useEpoll=true;amqpCredits=1000;amqpLowCredits=300;"
                + "amqpDuplicateDetection=true;supportAdvisory=" + network.supportAdvisory
                + ";suppressInternalManagementObjects=" + network.suppressInternal));
        if (!network.noAmqp) {
            all.add(acceptor("amqp", NetworkOptions.AMQP_PORT, BUFFERS + ";protocols=AMQP;useEpoll=true;" + AMQP_TUNING));
        }
        if (!network.noStomp) {
            all.add(acceptor("stomp", NetworkOptions.STOMP_PORT, BUFFERS + ";protocols=STOMP;useEpoll=true"));
        }
        if (!network.noHornetq) {
            all.add("<!-- old clients whose destinations carry prefixes -->");
            all.add(acceptor("hornetq", NetworkOptions.HORNETQ_PORT,
                    "anycastPrefix=jms.queue.;multicastPrefix=jms.topic.;protocols=HORNETQ,STOMP;useEpoll=true"));
        }
        if (!network.noMqtt) {
            all.add(acceptor("mqtt", NetworkOptions.MQTT_PORT, BUFFERS + ";protocols=MQTT;useEpoll=true"));
        }
        return String.join("\n", all);
    }

    private String acceptor(String name, int port, String parameters) {
        return "<acceptor name=\"" + name + "\">tcp://" + Template.xml(options.network.hostOrAny()) + ":"
                + (port + options.network.portOffset) + "?" + parameters + "</acceptor>";
    }

    private static String ping(String addresses) {
        return String.join("\n",
                "<!-- Is the network there? While none of these answers, the broker takes a rest. -->",
                element("network-check-list", addresses),
                element("network-check-period", 10000),
                element("network-check-timeout", 1000),
                element("network-check-ping-command", "ping -c 1 -w %d %s"),
                element("network-check-ping6-command", "ping6 -c 1 %2$s"));
    }

    private Map<String, String> cluster() {
        ClusterOptions cluster = options.cluster;
        if (!cluster.clustered()) {
            return Map.of("connectors", "", "cluster", "", "haPolicy", "");
        }
        return Map.of("connectors", connectors(cluster), "cluster", clusterParts(cluster), "haPolicy", haPolicy(cluster));
    }

    private String connectors(ClusterOptions cluster) {
        List<String> all = new ArrayList<>();
        all.add("<!-- how other brokers and clients reach this one -->");
        String host = options.network.host == null ? "localhost" : options.network.host;
        all.add(connector("artemis", "tcp://" + host + ":" + (options.network.defaultPort + options.network.portOffset)));
        for (int i = 0; i < cluster.members.size(); i++) {
            all.add(connector("node" + i, cluster.members.get(i).trim()));
        }
        return nest("connectors", String.join("\n", all));
    }

    private static String connector(String name, String url) {
        return "<connector name=\"" + name + "\">" + Template.xml(url) + "</connector>";
    }

    private static String clusterParts(ClusterOptions cluster) {
        String login = element("cluster-user", cluster.user) + "\n" + element("cluster-password", "ENC(" + Secrets.mask(cluster.password) + ")");
        boolean discovers = cluster.members.isEmpty();
        String groups = """

                <broadcast-groups>
                   <broadcast-group name="bg-group1">
                      <group-address>231.7.7.7</group-address>
                      <group-port>9876</group-port>
                      <broadcast-period>5000</broadcast-period>
                      <connector-ref>artemis</connector-ref>
                   </broadcast-group>
                </broadcast-groups>

                <discovery-groups>
                   <discovery-group name="dg-group1">
                      <group-address>231.7.7.7</group-address>
                      <group-port>9876</group-port>
                      <refresh-timeout>10000</refresh-timeout>
                   </discovery-group>
                </discovery-groups>
                """;
        List<String> inner = new ArrayList<>(List.of(
                element("connector-ref", "artemis"),
                element("message-load-balancing", cluster.loadBalancing),
                element("max-hops", cluster.maxHops)));
        if (discovers) {
            inner.add("<discovery-group-ref discovery-group-name=\"dg-group1\"/>");
        } else {
            List<String> refs = new ArrayList<>();
            for (int i = 0; i < cluster.members.size(); i++) {
                refs.add(element("connector-ref", "node" + i));
            }
            inner.add(nest("static-connectors", String.join("\n", refs)));
        }
        String connection = "<cluster-connection name=\"my-cluster\">\n" + String.join("\n", inner).indent(3) + "</cluster-connection>";
        return login + "\n" + (discovers ? groups : "") + "\n" + nest("cluster-connections", connection);
    }

    private static String haPolicy(ClusterOptions cluster) {
        String role = cluster.backup ? "backup" : "primary";
        if (cluster.replicated) {
            String inner = cluster.backup ? "<backup/>" : nest(role, element("vote-on-replication-failure", true));
            return nest("ha-policy", nest("replication", inner));
        }
        if (cluster.sharedStore) {
            return nest("ha-policy", nest("shared-store", nest(role, element("failover-on-shutdown", cluster.failoverOnShutdown))));
        }
        return "";
    }

    private static String element(String name, Object text) {
        return "<" + name + ">" + Template.xml(String.valueOf(text)) + "</" + name + ">";
    }

    private static String nest(String name, String inner) {
        return "<" + name + ">\n" + inner.indent(3) + "</" + name + ">";
    }
}
