package io.delos.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one producer and one consumer of one queue know about their messages, and the promises that can be checked against it.
 * Any thread may write; the monitor orders them.
 *
 * <p>A message is a sequence number, sent once and never again: one whose fate is unknown (its send failed) may arrive or not.
 * The promises:
 * <ul>
 * <li>a message whose send was confirmed reaches a consumer that then acknowledges it, however often it has to be delivered: else LOST;
 * <li>a message whose acknowledgement was confirmed never comes again: else BACK_FROM_THE_DEAD;
 * <li>one connection sees a message once: else TWICE;
 * <li>first deliveries come in the order of sending: else OUT_OF_ORDER;
 * <li>nothing arrives that was not sent: else NEVER_SENT.
 * </ul>
 * An acknowledgement whose confirmation is not heard (or which the protocol doesn't confirm) may have counted or not.
 */
final class Ledger {
    private static final byte CONFIRMED = 1;
    private static final byte DELIVERED = 2;
    private static final byte ACKNOWLEDGING = 4;
    private static final byte ACKNOWLEDGED = 8;

    enum Kind { LOST, BACK_FROM_THE_DEAD, TWICE, OUT_OF_ORDER, NEVER_SENT }

    record Violation(Kind kind, int sequence, String detail) { }

    /** How much happened; {@code uncertain} were sent and not confirmed, {@code redelivered} are deliveries beyond the first. */
    record Count(int sent, int confirmed, int uncertain, int delivered, int redelivered, int acknowledged) { }

    private final List<Violation> violations = new ArrayList<>();
    private byte[] states = new byte[1024];
    private int[] deliveredIn = new int[1024];
    private int sent;
    private int confirmed;
    private int delivered;
    private int redelivered;
    private int acknowledged;
    private int outstanding;
    private int connection;
    private int highest = -1;

    /** A message is about to be sent; returns its sequence number. */
    synchronized int sending() {
        if (sent == states.length) {
            states = Arrays.copyOf(states, 2 * sent);
            deliveredIn = Arrays.copyOf(deliveredIn, 2 * sent);
        }
        return sent++;
    }

    /** The broker has confirmed a send. */
    synchronized void confirmed(int sequence) {
        if (mark(sequence, CONFIRMED)) {
            confirmed++;
            if ((states[sequence] & ACKNOWLEDGING) == 0) {
                outstanding++;
            }
        }
    }

    /** The consumer stands on a new connection. */
    synchronized void connected() {
        connection++;
    }

    /** The consumer was handed a message. */
    synchronized void delivered(int sequence) {
        if (sequence < 0 || sequence >= sent) {
            violations.add(new Violation(Kind.NEVER_SENT, sequence, "sent so far: " + sent));
            return;
        }
        if ((states[sequence] & ACKNOWLEDGED) != 0) {
            violations.add(new Violation(Kind.BACK_FROM_THE_DEAD, sequence,
                    "delivered to connection " + connection + " after its acknowledgement was confirmed"));
        }
        if (mark(sequence, DELIVERED)) {
            delivered++;
            if (sequence < highest) {
                violations.add(new Violation(Kind.OUT_OF_ORDER, sequence, "first delivered after " + highest));
            }
            highest = Math.max(highest, sequence);
        } else {
            redelivered++;
            if (deliveredIn[sequence] == connection) {
                violations.add(new Violation(Kind.TWICE, sequence, "on connection " + connection));
            }
        }
        deliveredIn[sequence] = connection;
    }

    /** The consumer is about to acknowledge. */
    synchronized void acknowledging(List<Integer> sequences) {
        for (int sequence : sequences) {
            if (mark(sequence, ACKNOWLEDGING) && (states[sequence] & CONFIRMED) != 0) {
                outstanding--;
            }
        }
    }

    /** The broker has confirmed an acknowledgement. */
    synchronized void acknowledged(List<Integer> sequences) {
        for (int sequence : sequences) {
            if (mark(sequence, ACKNOWLEDGED)) {
                acknowledged++;
            }
        }
    }

    /** Confirmed messages that the consumer has not begun to acknowledge. */
    synchronized int outstanding() {
        return outstanding;
    }

    synchronized boolean hasArrived(int sequence) {
        return (states[sequence] & ACKNOWLEDGING) != 0;
    }

    synchronized Count count() {
        return new Count(sent, confirmed, sent - confirmed, delivered, redelivered, acknowledged);
    }

    /** All broken promises, provided that everything still in the broker has been drained. */
    synchronized List<Violation> violations() {
        List<Violation> all = new ArrayList<>(violations);
        for (int sequence = 0; sequence < sent; sequence++) {
            if ((states[sequence] & (CONFIRMED | ACKNOWLEDGING)) == CONFIRMED) {
                all.add(new Violation(Kind.LOST, sequence,
                        (states[sequence] & DELIVERED) == 0 ? "never delivered" : "delivered, not acknowledged, and never again"));
            }
        }
        return all;
    }

    private boolean mark(int sequence, byte flag) {
        if (sequence < 0 || sequence >= sent) {
            return false;
        }
        boolean fresh = (states[sequence] & flag) == 0;
        states[sequence] |= flag;
        return fresh;
    }
}
