package io.delos.amqp;

/** What a link has left unsettled, while it waits for the link to be attached again. Whoever takes it out of {@link Termini} has it alone. */
sealed interface Kept permits KeptSource, KeptTarget {

    /** How many deliveries it is about. */
    int size();

    /** Nobody came for it. On the loop of the connection that left it. */
    void giveUp();
}
