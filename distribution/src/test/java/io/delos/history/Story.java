package io.delos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What happened to one message, from its sending to its end, and what follows from that for sure. */
final class Story {

    /** One client's hold of the message; {@code settled} is empty if it lost the message with its connection or the broker. */
    record Hold(Operation.Take take, Optional<Operation.Settle> settled, Span ended) {

        /** When the client had it for sure, so that nobody else could. */
        Span certain() {
            return new Span(take.span().to(), Math.max(take.span().to(), ended.from()));
        }

        boolean acknowledged() {
            return settled.filter(settle -> settle.acknowledged() && settle.fate() == Operation.Fate.DONE).isPresent();
        }

        boolean maybeAcknowledged() {
            return settled.filter(settle -> settle.acknowledged() && settle.fate() != Operation.Fate.NOT_DONE).isPresent();
        }
    }

    final int message;
    final Operation.Send send;
    final List<Hold> holds = new ArrayList<>();

    Story(Operation.Send send) {
        this.message = send.message();
        this.send = send;
    }

    void add(Hold hold) {
        holds.add(hold);
    }

    /** Whoever got it later heard of it later, though he may have asked first. */
    void inOrder() {
        holds.sort(Comparator.comparingLong(hold -> hold.take().span().to()));
    }

    boolean acknowledged() {
        return holds.stream().anyMatch(Hold::acknowledged);
    }

    boolean maybeAcknowledged() {
        return holds.stream().anyMatch(Hold::maybeAcknowledged);
    }

    /** When it was in its queue for sure and in nobody's hands, for anybody to be given. */
    List<Span> available() {
        List<Span> spans = new ArrayList<>();
        if (send.fate() == Operation.Fate.DONE) {
            addSpan(spans, send.span().to(), 0);
        }
        for (int i = 0; i < holds.size(); i++) {
            Hold hold = holds.get(i);
            boolean comesAgain = i + 1 < holds.size();
            if (comesAgain || !hold.maybeAcknowledged()) {
                addSpan(spans, hold.ended().to(), i + 1);
            }
        }
        return spans;
    }

    private void addSpan(List<Span> spans, long from, int nextHold) {
        long to = nextHold < holds.size() ? holds.get(nextHold).take().span().from() : Span.NEVER;
        if (from < to) {
            spans.add(new Span(from, to));
        }
    }
}
