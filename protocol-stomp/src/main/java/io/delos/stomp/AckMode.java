package io.delos.stomp;

/** When a message counts as consumed: the header {@code ack} of SUBSCRIBE. */
enum AckMode {

    /** When it has been written. */
    AUTO,
    /** When it, or a later one of the subscription, is acknowledged. */
    CLIENT,
    /** When it is acknowledged. */
    CLIENT_INDIVIDUAL;

    /** Unknown modes are taken for {@code client}. */
    static AckMode of(String text) {
        return switch (text) {
            case "", "auto" -> AUTO;
            case "client-individual" -> CLIENT_INDIVIDUAL;
            default -> CLIENT;
        };
    }
}
