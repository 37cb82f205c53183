package io.delos.openwire;

import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.Unit;

/** What an acceptor's URL says for OpenWire (openwire document, section 2). */
record OpenWireOptions(
    @Setting(name = "wireFormat.maxFrameSize", value = "104857600", check = Check.POSITIVE_INT, unit = Unit.BYTES,
        text = "largest command a client may send, a message with its body among them") int maxFrameSize,
    @Setting(name = "maxInactivityDuration", value = "30000", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS,
        text = "how long a client may be silent; 0 for ever") long maxInactivityDuration,
    @Setting(name = "maxInactivityDurationInitalDelay", value = "10000", check = Check.NOT_NEGATIVE, unit = Unit.MILLISECONDS,
        text = "how long after connecting that begins to count") long maxInactivityInitialDelay,
    @Setting(name = "useKeepAlive", value = "true", text = "whether a client hears from the broker when there is nothing to say") boolean useKeepAlive,
    @Setting(name = "supportAdvisory", value = "true", text = "whether clients are told of connections, destinations, consumers, producers and lost messages") boolean supportAdvisory,
    @Setting(name = "openwireUseDuplicateDetectionOnFailover", value = "true",
        text = "whether what a reconnecting client sends again is recognised by its message id") boolean detectDuplicates,
    @Setting(name = "brokerName", text = "what clients are told the broker is called; its own name if empty") String brokerName,
    @Setting(name = "virtualTopicConsumerWildcards", value = VirtualTopics.USUAL, text = "queues that stand for subscriptions: patterns, each with ';' "
        + "and the number of words before the topic's name, comma separated; empty for none") String virtualTopics,
    @Setting(name = "updateClusterClients", value = "false", text = "whether clients are told of the brokers that the cluster connection names")
    boolean updateClusterClients,
    @Setting(name = "rebalanceClusterClients", value = "false", text = "whether they are told to divide themselves among these") boolean rebalanceClusterClients,
    @Setting(name = "updateClusterClientsOnRemove", value = "false", text = "whether they are told when one leaves; none does that is named in a file")
    boolean updateClusterClientsOnRemove,
    @Setting(name = "anycastPrefix", text = "beginnings of names that mean a queue, comma separated; dropped") String anycastPrefix,
    @Setting(name = "multicastPrefix", text = "beginnings of names that mean a topic, comma separated; dropped") String multicastPrefix) {
}
