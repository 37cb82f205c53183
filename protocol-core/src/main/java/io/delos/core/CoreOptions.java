package io.delos.core;

import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.Unit;

/** What an acceptor's URL says about CORE. */
public record CoreOptions(
        @Setting(name = "anycastPrefix", text = "beginnings of names that mean a queue, comma separated; dropped")
        String anycastPrefix,
        @Setting(name = "multicastPrefix", text = "beginnings of names that mean a topic, comma separated; dropped")
        String multicastPrefix,
        @Setting(name = "coreMaxMessageSize", value = "104857600", check = Check.POSITIVE_INT, unit = Unit.BYTES,
                text = "larger messages are refused, but for those that are sent in pieces")
        int maxMessageSize) {
}
