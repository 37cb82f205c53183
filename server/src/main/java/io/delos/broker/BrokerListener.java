package io.delos.broker;

/** Is told what happened. Called on whichever thread it happened; must not block, and not throw. */
public interface BrokerListener {

    /** This happened. */
    void happened(BrokerEvent event);
}
