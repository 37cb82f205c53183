package io.delos.openwire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a consumer was sent and has not acknowledged, in the order of sending; owned by its connection's loop. A ring that is looked up by
 * bisection, because sequence numbers only grow.
 */
final class Outstanding {

    private Dispatched[] messages = new Dispatched[16];
    private long[] sequences = new long[16];
    private int head;
    private int length;
    private int count;

    private int slot(int index) {
        return head + index & messages.length - 1;
    }

    /** Adds one with a number larger than all before. */
    void add(Dispatched message) {
        if (length == messages.length) {
            grow();
        }
        int slot = slot(length);
        messages[slot] = message;
        sequences[slot] = message.sequence();
        length++;
        count++;
    }

    private void grow() {
        int size = messages.length;
        Dispatched[] more = new Dispatched[size * 2];
        long[] moreSequences = new long[size * 2];
        for (int i = 0; i < length; i++) {
            more[i] = messages[slot(i)];
            moreSequences[i] = sequences[slot(i)];
        }
        messages = more;
        sequences = moreSequences;
        head = 0;
    }

    /** How many there are. */
    int size() {
        return count;
    }

    /** The first index whose number is at least this. */
    private int lowerBound(long sequence) {
        int low = 0;
        int high = length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sequences[slot(middle)] < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Those from first to last that no open transaction has; none if the last was never sent. */
    List<Dispatched> range(long first, long last) {
        int end = lowerBound(last);
        if (end == length || sequences[slot(end)] != last) {
            return List.of();
        }
        int start = lowerBound(first);
        List<Dispatched> found = new ArrayList<>(Math.max(0, end - start + 1));
        for (int i = start; i <= end; i++) {
            Dispatched message = messages[slot(i)];
            if (message != null && !message.inTransaction()) {
                found.add(message);
            }
        }
        return found;
    }

    /** All that no open transaction has. */
    List<Dispatched> all() {
        return length == 0 ? List.of() : range(sequences[head], sequences[slot(length - 1)]);
    }

    void remove(Dispatched message) {
        int index = lowerBound(message.sequence());
        if (index < length && messages[slot(index)] == message) {
            messages[slot(index)] = null;
            count--;
            while (length > 0 && messages[head] == null) {
                head = slot(1);
                length--;
            }
        }
    }

    void clear() {
        Arrays.fill(messages, null);
        length = 0;
        count = 0;
    }
}
