package io.delos.sim;

import io.delos.broker.PlainFormat;
import io.delos.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A message that somebody has sent, as the model knows it, with a {@link Copy} for each queue it belongs in. */
final class Sent {
    final int number;
    /** Who sends it: one connection. */
    int producer;
    final Message message;
    /** What is to lie in a file; empty if the message is no large one. */
    final byte[] body;
    final List<Copy> copies = new ArrayList<>(1);
    /** Among all that this producer sent: when it took its place. */
    int order;
    /** Whether the order of arrival says nothing about it: it was sent again, or waited for its time. */
    boolean unordered;
    /** Whether whoever sent it knows that the broker has it. */
    boolean answered;
    /** The transaction it is part of; null if it was sent by itself. */
    Tx tx;

    Sent(int number, int producer, Message message, byte[] body) {
        this.number = number;
        this.body = body;
        this.producer = producer;
        this.message = message;
        this.unordered = message.deliverAt() != 0;
    }

    /** What behind its text is the body of a large message. */
    boolean hasBody(String text) {
        return body.length == 0 || text.endsWith(new String(body, StandardCharsets.UTF_8));
    }

    /** The number in a message's text. */
    static int numberIn(String text) {
        return Integer.parseInt(value(text, "n"));
    }

    /** Where a dead or expired message came from; empty if it is neither, though a divert may have made it. */
    static String originIn(String text) {
        String origin = value(text, "_AMQ_ORIG_QUEUE");
        return origin.equals("copy") ? "" : origin;
    }

    static String value(String text, String key) {
        String start = key + "=";
        int from = text.startsWith(start) ? 0 : text.indexOf(";" + start) + 1;
        if (from == 0 && !text.startsWith(start)) {
            return "";
        }
        int to = text.indexOf(';', from);
        return text.substring(from + start.length(), to < 0 ? text.length() : to);
    }

    String color() {
        return value(PlainFormat.text(message), "c");
    }

    /** Whose value it is in a queue that keeps the last of each. */
    String key() {
        return value(PlainFormat.text(message), "k");
    }

    @Override
    public String toString() {
        return "message " + number + " of producer " + producer + ", priority " + message.priority() + (message.durable() ? "" : ", not durable")
                + (message.deliverAt() == 0 ? "" : ", delayed") + (message.expiration() == 0 ? "" : ", expiring");
    }
}
