package io.delos.mqtt;

import java.util.HashMap;
import java.util.Map;

/** The aliases towards one client: the first topics get them, for as long as the connection lasts. Owned by the connection's loop. */
final class TopicAliases {

    private final int maximum;
    private final Map<String, Integer> known = new HashMap<>();

    /** @param maximum the highest alias the client takes; 0 for none */
    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /** The alias the client knows for this topic; 0 if it knows none. */
    int known(String topic) {
        return maximum == 0 ? 0 : known.getOrDefault(topic, 0);
    }

    /** An alias to tell the client together with this topic; 0 if there is none left. */
    int introduce(String topic) {
        if (known.size() >= maximum) {
            return 0;
        }
        known.put(topic, known.size() + 1);
        return known.size();
    }
}
