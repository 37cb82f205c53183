package io.delos.history;

import java.util.OptionalInt;

/** What a client did to a queue, as it saw it. A message is a number, sent once; a client is one connection, and is not used again. */
sealed interface Operation {

    int client();

    Span span();

    /** Whether the broker said that it was done, or that it was not; or said nothing. */
    enum Fate { DONE, NOT_DONE, UNKNOWN }

    /** What operations share that are done together or not at all; 0 for those of their own. */
    int NO_TRANSACTION = 0;

    /** A durable message was sent; in a transaction, {@code span} and {@code fate} are the commit's. */
    record Send(int client, Span span, String queue, int message, int transaction, Fate fate) implements Operation { }

    /** The queue was asked for a message that is there now, and gave one, which the client then held, or said that there was none. */
    record Take(int client, Span span, String queue, OptionalInt message) implements Operation { }

    /** The client's library may have been given a message that the client did not ask for; it gave that back without showing it. */
    record Shadow(int client, Span span, String queue) implements Operation { }

    /** A message held was acknowledged, or ({@code acknowledged} is false) given back. In a transaction, the span is the decision's. */
    record Settle(int client, Span span, String queue, int message, boolean acknowledged, int transaction, Fate fate) implements Operation { }

    /** The client ended its connection, or noticed that it had ended: what it held it holds no more. */
    record Left(int client, Span span) implements Operation { }

    /** The broker was killed or stopped; by the end of the span it was there again. {@code client} means nothing. */
    record Down(int client, Span span) implements Operation { }
}
