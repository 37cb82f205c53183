package io.delos.stomp;

import java.util.Optional;

/**
 * What both sides agreed to show of life (section 3).
 *
 * @param send    how often we send, in milliseconds; 0 for never
 * @param silence how long the client may be silent, in milliseconds
 * @param reply   the {@code heart-beat} header of CONNECTED; empty when the client had none
 */
record HeartBeat(long send, long silence, Optional<String> reply) {

    /** How long a client may be silent that promises nothing, in milliseconds. */
    static final long USUAL_SILENCE = 60_000;
    private static final long SHORTEST = 500;

    /**
     * The acceptor's limits, in milliseconds.
     *
     * @param silence  for clients that promise nothing
     * @param min      the lowest that a promise leads to
     * @param max      the highest
     * @param modifier times what was promised
     */
    record Limits(long silence, long min, long max, double modifier) { }

    /** For a client that sent no header. */
    static HeartBeat none(Limits limits) {
        return new HeartBeat(0, limits.silence, Optional.empty());
    }

    /** For a client that sent this header. */
    static HeartBeat agree(String header, Limits limits) throws StompException {
        int comma = header.indexOf(',');
        if (comma < 0) {
            throw StompErrors.badHeartBeat(header);
        }
        long promised = number(header.substring(0, comma), header);
        long wanted = number(header.substring(comma + 1), header);
        long send = wanted == 0 ? 0 : Math.max(SHORTEST, wanted);
        long silence = limits.silence;
        if (promised > 0) {
            silence = Math.max(limits.min, Math.min(limits.max, (long) (promised * limits.modifier)));
        }
        return new HeartBeat(send, silence, Optional.of(send + "," + (long) (silence / limits.modifier)));
    }

    private static long number(String text, String header) throws StompException {
        try {
            long value = Long.parseLong(text.trim());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // told below like a negative one
        }
        throw StompErrors.badHeartBeat(header);
    }
}
