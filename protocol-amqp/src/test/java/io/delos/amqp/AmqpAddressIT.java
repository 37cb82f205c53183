package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.RoutingType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

/** What a terminus says of itself, and what it is connected with: capabilities, names, filters, and the symbols of refusals. */
class AmqpAddressIT extends WireCase {

    private Set<RoutingType> types(String address) {
        return SERVER.server().broker().routes().find(address).orElseThrow().types();
    }

    private static Source durable(Source source) {
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        return source;
    }

    @Test
    void aCapabilitySaysWhatKindAnAddressIs() throws IOException {
        Map<String, RoutingType> kinds = Map.of("queue", RoutingType.ANYCAST, "temporary-queue", RoutingType.ANYCAST,
                "topic", RoutingType.MULTICAST, "temporary-topic", RoutingType.MULTICAST);
        int handle = 0;
        for (Map.Entry<String, RoutingType> kind : kinds.entrySet()) {
            String sent = queue + ".to." + kind.getKey();
            assertThat(peer.sender(handle++, WirePeer.target(sent, kind.getKey())).getLinkCredit().intValue()).isEqualTo(10);
            assertThat(types(sent)).containsExactly(kind.getValue());
            String received = queue + ".from." + kind.getKey();
            assertThat(peer.receiver(handle++, WirePeer.source(received, kind.getKey())).getSource()).isNotNull();
            assertThat(types(received)).containsExactly(kind.getValue());
        }
        peer.sender(handle, WirePeer.target(queue + ".unsaid"));
        assertThat(types(queue + ".unsaid")).containsExactly(RoutingType.MULTICAST);
    }

    private void refused(Source source, String condition, String sentence) throws IOException {
        peer.send(WirePeer.attaching(SERVER.unique("refused"), 50, Role.RECEIVER, source, new Target()));
        assertThat(peer.expect(Attach.class).getSource()).isNull();
        Detach detach = peer.expect(Detach.class);
        assertThat(detach.getClosed()).isTrue();
        assertThat(detach.getError().getCondition().toString()).isEqualTo(condition);
        assertThat(detach.getError().getDescription()).contains(sentence);
        peer.send(WirePeer.detach(50, true));
    }

    @Test
    void everyRefusalHasItsSymbol() throws IOException {
        peer.sender(0, WirePeer.target(queue + ".q", "queue"));
        peer.sender(1, WirePeer.target(queue + ".t", "topic"));
        refused(WirePeer.source(queue + ".q", "topic"), "amqp:illegal-state", "is not configured for topic support");
        refused(WirePeer.source(queue + ".t", "queue"), "amqp:illegal-state", "is not configured for queue support");
        refused(WirePeer.source("closed.x", "queue"), "amqp:not-found", "AMQ119010: source address does not exist");
        refused(WirePeer.source("closed.x", "topic"), "amqp:not-found", "AMQ119010: source address does not exist");
        refused(WirePeer.source(queue + ".t::" + queue + ".q", "topic"), "amqp:not-found", "does not exist for address");
        refused(WirePeer.source(null), "amqp:internal-error", "AMQ119005");
        refused(null, "amqp:not-found", "Unknown subscription link");
        refused(filtered(WirePeer.source(queue + ".q", "queue"), Symbol.valueOf("apache.org:selector-filter:string"), "= = ="), "amqp:invalid-field",
                "Invalid filter");
        Attach shared = WirePeer.attaching("one", 3, Role.RECEIVER, durable(WirePeer.source(queue + ".t", "topic")), new Target());
        peer.send(shared);
        peer.expect(Attach.class);
        Source other = durable(WirePeer.source(queue + ".other", "topic"));
        peer.send(WirePeer.attaching("one|x", 4, Role.RECEIVER, durable(WirePeer.source(queue + ".t", "topic", "shared")), new Target()));
        assertThat(peer.expect(Attach.class).getSource()).isNull();
        assertThat(peer.detached()).isEqualTo("amqp:internal-error");
        peer.send(WirePeer.detach(4, true));
        peer.send(WirePeer.attaching("one|y", 5, Role.RECEIVER, other(other), new Target()));
        assertThat(peer.expect(Attach.class).getSource()).isNull();
        assertThat(peer.detached()).isEqualTo("amqp:illegal-state");
    }

    private static Source other(Source source) {
        source.setCapabilities(WirePeer.symbols("topic", "shared"));
        return source;
    }

    /** A filter as a client writes it. */
    private record Filter(Object descriptor, Object described) implements DescribedType {
        @Override
        public Object getDescriptor() {
            return descriptor;
        }

        @Override
        public Object getDescribed() {
            return described;
        }
    }

    private static Source filtered(Source source, Object descriptor, Object described) {
        source.setFilter(Map.of(Symbol.valueOf("mine"), new Filter(descriptor, described)));
        return source;
    }

    private static byte[] coloured(String colour) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(colour));
        message.setApplicationProperties(new ApplicationProperties(Map.of("colour", colour)));
        return Encoded.of(message);
    }

    @Test
    void filtersAreKnownByTheirNameAndByTheirCode() throws IOException {
        peer.sender(0, WirePeer.target(queue, "topic"));
        List<Object> selectors = List.of(Symbol.valueOf("apache.org:selector-filter:string"), UnsignedLong.valueOf(0x468C_0000_0004L));
        List<Object> noLocals = List.of(Symbol.valueOf("apache.org:no-local-filter:list"), UnsignedLong.valueOf(0x468C_0000_0003L));
        for (int i = 0; i < 2; i++) {
            Source source = WirePeer.source(queue, "topic");
            Map<Symbol, Object> asked = new LinkedHashMap<>();
            asked.put(Symbol.valueOf("mine"), new Filter(selectors.get(i), "colour = 'red'"));
            asked.put(Symbol.valueOf("unknown"), new Filter(Symbol.valueOf("example.org:filter"), "x"));
            source.setFilter(asked);
            assertThat(((Source) peer.receiver(1 + i, source).getSource()).getFilter()).containsOnlyKeys(Symbol.valueOf("mine"));
            Source elsewhere = filtered(WirePeer.source(queue, "topic"), noLocals.get(i), List.of());
            assertThat(((Source) peer.receiver(3 + i, elsewhere).getSource()).getFilter()).containsOnlyKeys(Symbol.valueOf("mine"));
        }
        peer.put(0, coloured("blue"));
        peer.put(0, coloured("red"));
        peer.next();
        if (peer.lastBody() instanceof org.apache.qpid.proton.amqp.transport.Disposition first && (first.getLast() == null || first.getLast().intValue() == 0)) {
            peer.next();
        }
        for (int handle = 1; handle <= 2; handle++) {
            peer.credit(handle, 5, 0, true);
            assertThat(peer.take()).isEqualTo("red");
            assertThat(peer.expect(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
        }
        for (int handle = 3; handle <= 4; handle++) {
            peer.credit(handle, 5, 0, true);
            assertThat(peer.expect(Flow.class).getLinkCredit()).as("nothing of one's own").isEqualTo(UnsignedInteger.ZERO);
        }
        try (WirePeer other = WirePeer.open(SERVER.port(), SERVER.unique("other"))) {
            other.sender(0, WirePeer.target(queue, "topic"));
            other.put(0, coloured("green"));
            other.next();
        }
        // draining has used up five
        peer.credit(3, 1, 5, false);
        assertThat(peer.take()).isEqualTo("green");
    }

    @Test
    void subscriptionsHaveTheNamesThatArtemisGives() throws IOException {
        String container = SERVER.unique("names");
        record Case(boolean durable, String link, String expected, String... capabilities) { }
        List<Case> cases = List.of(new Case(true, "d", container + ".d", "topic"),
                new Case(true, "sd|1", container + ".sd", "topic", "shared"),
                new Case(true, queue + "gd|global", queue + "gd:global", "topic", "shared", "global"),
                new Case(false, "sv|volatile1", container + ".sv:shared-volatile", "topic", "shared"),
                new Case(false, queue + "gv|global-volatile1", queue + "gv:shared-volatile:global", "topic", "shared", "global"));
        try (WirePeer named = WirePeer.open(SERVER.port(), container)) {
            int handle = 0;
            for (Case one : cases) {
                Source source = WirePeer.source(queue, one.capabilities());
                if (one.durable()) {
                    durable(source);
                }
                named.send(WirePeer.attaching(one.link(), handle++, Role.RECEIVER, source, new Target()));
                assertThat(named.expect(Attach.class).getSource()).as(one.link()).isNotNull();
                assertThat(SERVER.server().broker().findQueue(one.expected())).as(one.expected()).isPresent();
            }
        }
    }

    @Test
    void aBrowserTakesNothing() throws IOException {
        filled("a", "b");
        Source copy = WirePeer.source(queue, "queue");
        copy.setDistributionMode(Symbol.valueOf("copy"));
        assertThat((Object) ((Source) peer.receiver(2, copy).getSource()).getDistributionMode()).isEqualTo(Symbol.valueOf("copy"));
        peer.credit(2, 5, 0, true);
        assertThat(peer.take()).isEqualTo("a");
        assertThat(peer.take()).isEqualTo("b");
        peer.expect(Flow.class);
        peer.settle(0, 1, org.apache.qpid.proton.amqp.messaging.Accepted.getInstance());
        peer.credit(1, 5, 0, false);
        assertThat(peer.take()).isEqualTo("a");
        assertThat(peer.take()).isEqualTo("b");
    }

    @Test
    void aQualifiedNameIsOneQueueOfItsAddress() throws IOException {
        peer.receiver(1, WirePeer.source(queue + "::" + queue + ".one", "topic"));
        peer.receiver(2, WirePeer.source(queue + "::" + queue + ".two", "topic"));
        peer.sender(0, WirePeer.target(queue + "::" + queue + ".two", "topic"));
        peer.sender(3, WirePeer.target(queue, "topic"));
        peer.putAll(0, "for two");
        peer.put(3, WirePeer.message("for all"));
        peer.next();
        peer.credit(1, 5, 0, true);
        assertThat(peer.take()).isEqualTo("for all");
        peer.expect(Flow.class);
        peer.credit(2, 5, 0, false);
        assertThat(peer.take()).isEqualTo("for two");
        assertThat(peer.take()).isEqualTo("for all");
    }
}
