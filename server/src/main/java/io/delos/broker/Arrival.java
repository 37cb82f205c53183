package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.AddressSettings;
import io.delos.loop.Loop;
import io.delos.message.Formats;
import io.delos.message.Message;
import java.util.Map;

/** What an address's settings do to a message when it arrives (address model 10.2). Stateless. */
final class Arrival {

    private Arrival() {
    }

    /** The message as it is from now on: clients see when it expires, and go by it. */
    static Message apply(Route route, Message message, Loop clock, Formats formats) {
        AddressSettings.Expiry rules = route.settings().expiry();
        long expiration = expiration(rules, message.expiration(), clock);
        if (expiration == message.expiration()) {
            return message;
        }
        Message changed = message.toBuilder().expiration(expiration).build();
        return changed.toBuilder().encoded(changed.format(), formats.of(changed.format()).annotate(changed, Map.of(), expiration)).build();
    }

    private static long expiration(AddressSettings.Expiry rules, long wanted, Loop clock) {
        if (rules.never()) {
            return 0;
        }
        if (rules.delay() >= 0) {
            return wanted == 0 ? clock.now() + rules.delay() : wanted;
        }
        if (rules.minDelay() < 0 && rules.maxDelay() < 0) {
            return wanted;
        }
        long now = clock.now();
        if (wanted == 0) {
            return now + (rules.maxDelay() >= 0 ? rules.maxDelay() : rules.minDelay());
        }
        if (rules.maxDelay() >= 0 && wanted > now + rules.maxDelay()) {
            return now + rules.maxDelay();
        }
        return rules.minDelay() >= 0 ? Math.max(wanted, now + rules.minDelay()) : wanted;
    }
}
