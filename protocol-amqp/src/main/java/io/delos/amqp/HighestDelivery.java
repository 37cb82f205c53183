package io.delos.amqp;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.Delivery;

/**
 * The delivery with the highest id there is, with what the peer says of it: Proton can't be told, for it would count on past the end of the ids for
 * ever. There is one in four thousand million. Owned by the connection's loop.
 */
final class HighestDelivery implements InvocationHandler {

    private final Delivery delivery;
    private final DeliveryState state;
    private final boolean settled;

    private HighestDelivery(Delivery delivery, DeliveryState state, boolean settled) {
        this.delivery = delivery;
        this.state = state;
        this.settled = settled;
    }

    /** The same delivery, to which the peer has given this state (null for none) and which it has settled or not. */
    static Delivery said(Delivery delivery, DeliveryState state, boolean settled) {
        DeliveryState known = state == null ? delivery.getRemoteState() : state;
        return (Delivery) Proxy.newProxyInstance(HighestDelivery.class.getClassLoader(), new Class<?>[] {Delivery.class},
                new HighestDelivery(delivery, known, settled));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "getRemoteState": return state;
            case "remotelySettled": return settled;
            case "settle": return settle();
            default: return pass(method, arguments);
        }
    }

    private Object settle() {
        if (settled) {
            // the peer has heard enough of it
            delivery.disposition(null);
        }
        delivery.settle();
        return null;
    }

    private Object pass(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(delivery, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
