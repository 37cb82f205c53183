package io.delos.address;

import io.delos.config.DivertConfig;
import io.delos.config.DivertRouting;
import io.delos.config.RoutingType;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.selector.InvalidSelectorException;
import io.delos.selector.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A rule that sends copies of what arrives at one address to others (address model, section 14). Immutable; any thread. */
public final class Divert {

    private final DivertConfig config;
    private final List<String> targets;
    private final Optional<Selector> filter;

    private Divert(DivertConfig config, Optional<Selector> filter) {
        this.config = config;
        this.targets = config.targets();
        this.filter = filter;
    }

    /** INVALID_SELECTOR if its filter does not parse; INVALID_REQUEST if it lacks something or wants a transformer there isn't. */
    static Divert of(DivertConfig config) throws RefusedException {
        if (config.name().isEmpty() || config.address().isEmpty() || config.targets().isEmpty()) {
            throw new RefusedException(RefusedException.Kind.INVALID_REQUEST,
                    "the divert '" + config.name() + "' needs a name, an address and a forwarding address");
        }
        if (!config.transformer().known()) {
            throw new RefusedException(RefusedException.Kind.INVALID_REQUEST,
                    "the divert '" + config.name() + "': " + config.transformer().refusal());
        }
        try {
            return new Divert(config, config.filter().isBlank() ? Optional.empty() : Optional.of(Selector.parse(config.filter())));
        } catch (InvalidSelectorException invalid) {
            throw new RefusedException(RefusedException.Kind.INVALID_SELECTOR, invalid.getMessage());
        }
    }

    public DivertConfig config() {
        return config;
    }

    public String name() {
        return config.name();
    }

    /** The addresses it sends to. */
    public List<String> targets() {
        return targets;
    }

    /** Whether it takes the message. */
    public boolean accepts(Message message, Formats formats) {
        return filter.isEmpty() || filter.get().matches(name -> formats.property(message, name));
    }

    /**
     * The copy that goes to one of its {@link #targets}; priority, durability and expiration stay.
     *
     * @param originalId what the copy is to call the original
     */
    public Message copy(Message original, long originalId, String target, Formats formats) {
        Map<String, Object> properties = new LinkedHashMap<>(config.transformer().properties());
        properties.put("_AMQ_ORIG_ADDRESS", original.address());
        properties.put("_AMQ_ORIG_QUEUE", config.name());
        properties.put("_AMQ_ORIG_MESSAGE_ID", originalId);
        if (original.routing() != Message.ROUTE_BOTH) {
            properties.put("_AMQ_ORIG_ROUTING_TYPE", original.routing());
        }
        Message readdressed = original.toBuilder().address(target).routing(routing(original)).duplicateId("").build();
        byte[] bytes = formats.of(original.format()).annotate(readdressed, properties, original.expiration());
        return readdressed.toBuilder().encoded(original.format(), bytes).build();
    }

    private byte routing(Message original) {
        return config.routing() == DivertRouting.PASS ? original.routing()
                : config.routing() == DivertRouting.ANYCAST ? RoutingType.ANYCAST.code()
                : config.routing() == DivertRouting.MULTICAST ? RoutingType.MULTICAST.code() : Message.ROUTE_BOTH;
    }
}
