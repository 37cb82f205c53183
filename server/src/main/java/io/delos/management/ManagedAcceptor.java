package io.delos.management;

import java.io.IOException;
import java.util.Map;

/** An acceptor as management sees it. {@link #start} and {@link #stop} block: for workers; the rest is for any thread. */
public interface ManagedAcceptor {

    /** The class by which Artemis's users know every acceptor. */
    String FACTORY = "org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory";

    String name();

    /** The class that Artemis's users know it by. */
    default String factory() {
        return FACTORY;
    }

    /** What its URL says; passwords are masked. */
    Map<String, String> parameters();

    boolean started();

    /** Listens; harmless if it does. */
    void start() throws IOException;

    /** Listens no more; connections live on. */
    void stop();
}
