package io.delos.cli;

import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code create} has to say about options that this broker accepts and leaves without effect: the broker's own reader tells. */
final class Caveats {

    private static final String NO_EFFECT = "> has no effect";

    private Caveats() {
    }

    static List<String> of(CreateCommand options, String brokerXml) throws CliException {
        List<String> notes = new ArrayList<>();
        Map<String, String> asked = asked(options);
        for (String warning : warnings(brokerXml)) {
            asked.forEach((element, option) -> {
                if (warning.endsWith("<" + element + NO_EFFECT)) {
                    notes.add("Note: " + option + " has no effect in this version; <" + element + "> is in broker.xml all the same.");
                }
            });
        }
        if (options.web.wanted()) {
            notes.add("Note: this version has no web console; its options are written to bootstrap.xml all the same.");
        }
        if (options.scripts.windows) {
            notes.add("Note: --windows has no effect: bin/artemis is a shell script.");
        }
        return notes;
    }

    private static List<String> warnings(String brokerXml) throws CliException {
        try {
            return BrokerXml.parse("broker.xml", brokerXml).warnings();
        } catch (ConfigException e) {
            throw new CliException("The options make a broker.xml that the broker does not accept: " + e.getMessage(), e);
        }
    }

    /** The elements that are in the file because of an option, and that option. */
    private static Map<String, String> asked(CreateCommand options) {
        Map<String, String> asked = new LinkedHashMap<>();
        if (options.storage.aio || options.storage.mapped) {
            asked.put("journal-type", options.storage.aio ? "--aio" : "--mapped");
        }
        asked.put("journal-max-io", "--journal-max-io");
        asked.put("journal-device-block-size", "--journal-device-block-size");
        asked.put("journal-retention-directory", "--journal-retention");
        asked.put("store", "--jdbc");
        asked.put("network-check-list", "--ping");
        asked.put("purge-page-folders", "--purge-page-folders");
        asked.put("cluster-connections", options.cluster.members.isEmpty() ? "--clustered" : "--static-cluster");
        asked.put("ha-policy", options.cluster.replicated ? "--replicated" : "--shared-store");
        return asked;
    }
}
