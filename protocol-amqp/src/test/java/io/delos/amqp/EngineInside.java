package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.transport.Acceptor;
import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Session;

/** Reaches into the engine of a connection of a running broker, for what takes four thousand million messages to come about. */
final class EngineInside {

    private EngineInside() { }

    /** From now on the deliveries of the only session of the only connection are numbered from here. */
    static void numberDeliveriesFrom(AmqpServer server, long id) throws ReflectiveOperationException {
        List<Engine> engines = server.server().server().acceptors().stream().flatMap(acceptor -> channels(acceptor).stream())
                .map(channel -> (Engine) get(channel.pipeline().get(AmqpHandler.class), AmqpHandler.class, "engine")).toList();
        assertThat(engines).hasSize(1);
        Session session = engines.get(0).proton().sessionHead(EnumSet.allOf(EndpointState.class), EnumSet.allOf(EndpointState.class));
        Object transport = get(session, session.getClass(), "_transportSession");
        Field next = transport.getClass().getDeclaredField("_outgoingDeliveryId");
        next.setAccessible(true);
        next.set(transport, UnsignedInteger.valueOf(id));
    }

    private static List<Channel> channels(Acceptor acceptor) {
        return ((Map<?, ?>) get(acceptor, Acceptor.class, "connections")).keySet().stream().map(Channel.class::cast).toList();
    }

    private static Object get(Object from, Class<?> declaring, String field) {
        try {
            Field found = declaring.getDeclaredField(field);
            found.setAccessible(true);
            return found.get(from);
        } catch (ReflectiveOperationException changed) {
            throw new AssertionError(changed);
        }
    }
}
