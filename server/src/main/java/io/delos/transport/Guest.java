package io.delos.transport;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.loop.Loop;
import java.util.function.Consumer;

/** What the transport asks of the broker about one socket's client. Called on the socket's loop; the tests play the broker with it. */
interface Guest {

    /** Makes the guest of a new socket; {@code closeConnection} may be run by any thread when the operator wants the socket closed. */
    interface Host {
        Guest open(Loop loop, String connectionId, String remoteAddress, Runnable closeConnection);
    }

    Broker broker();

    Client client();

    /** Whether the peer has shown who it is. */
    boolean loggedIn();

    /** What to call when the socket must not be read for a while ({@code true}) and may be again. */
    void onPressure(Consumer<Boolean> pause);

    /** Whether the socket takes more bytes; while it doesn't, nothing should be delivered to it. */
    void writable(boolean writable);

    /** Where the peer connected to. */
    default void connectedTo(String localAddress) {
    }

    /** Whether everything that is being done for it will soon be. */
    default boolean finishing() {
        return true;
    }

    /** The socket is gone. */
    void close();

    /** The door of the real broker. */
    static Host of(Broker broker) {
        return (loop, id, remote, close) -> new BrokerGuest(broker, broker.openClient(loop, id, remote, close));
    }

    /** A client of the real broker. */
    record BrokerGuest(Broker broker, Client client) implements Guest {

        @Override
        public boolean loggedIn() {
            return client.loggedIn();
        }

        @Override
        public void onPressure(Consumer<Boolean> pause) {
            client.onPressure(pause);
        }

        @Override
        public void connectedTo(String localAddress) {
            client.connectedTo(localAddress);
        }

        @Override
        public void writable(boolean writable) {
            client.writable(writable);
        }

        @Override
        public boolean finishing() {
            return client.finishing();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
