package io.delos.history;

import io.delos.history.Operation.Fate;
import io.delos.history.Violation.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether a history can be that of first-in first-out queues which keep what they confirm. Each operation took effect at one moment within
 * its span, one whose fate is unknown at any later one or never; a message that comes back from a client's hands stands where it stood.
 * Since each message is sent once, the question falls apart into questions about one message and about two, as it does for linearisability of
 * queues. Only what is certain counts: a history that is reported is wrong.
 *
 * <p>At its end, clients must have taken and acknowledged everything until all queues said that they were empty.
 */
final class Checker {

    private final List<Operation> operations;
    private final List<Operation.Down> downs = new ArrayList<>();
    private final Map<Integer, Operation.Left> left = new HashMap<>();
    private final Map<Integer, Story> stories = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private Checker(List<Operation> operations) {
        this.operations = operations;
    }

    /** All violations that are certain, by message. */
    static List<Violation> check(List<Operation> operations) {
        Checker checker = new Checker(operations);
        checker.tell();
        checker.stories.values().forEach(checker::judge);
        checker.judgeTakes();
        checker.judgeTransactions();
        checker.violations.sort(Comparator.comparingInt(Violation::message));
        return checker.violations;
    }

    private void violated(Kind kind, int message, String evidence) {
        violations.add(new Violation(kind, message, evidence));
    }

    private void tell() {
        Map<Integer, List<Operation.Settle>> settles = new HashMap<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Send send) {
                stories.put(send.message(), new Story(send));
            } else if (operation instanceof Operation.Down down) {
                downs.add(down);
            } else if (operation instanceof Operation.Left leaving) {
                left.put(leaving.client(), leaving);
            } else if (operation instanceof Operation.Settle settle) {
                settles.computeIfAbsent(settle.message(), none -> new ArrayList<>()).add(settle);
            }
        }
        downs.sort(Comparator.comparingLong(down -> down.span().from()));
        for (Operation operation : operations) {
            if (operation instanceof Operation.Take take && take.message().isPresent()) {
                tell(take, settles.getOrDefault(take.message().getAsInt(), List.of()));
            }
        }
        stories.values().forEach(Story::inOrder);
    }

    private void tell(Operation.Take take, List<Operation.Settle> settles) {
        Story story = stories.get(take.message().getAsInt());
        if (story == null) {
            violated(Kind.NEVER_SENT, take.message().getAsInt(), take.toString());
            return;
        }
        Optional<Operation.Settle> settled = settles.stream().filter(settle -> settle.client() == take.client()
                && settle.span().from() >= take.span().to()).min(Comparator.comparingLong(settle -> settle.span().from()));
        story.add(new Story.Hold(take, settled, end(take, settled)));
    }

    /** From when the hold may have ended, and when it had for sure. */
    private Span end(Operation.Take take, Optional<Operation.Settle> settled) {
        long from = Span.NEVER;
        long to = Span.NEVER;
        if (settled.isPresent()) {
            from = settled.get().span().from();
            to = settled.get().fate() == Fate.UNKNOWN ? Span.NEVER : settled.get().span().to();
        }
        Operation.Left leaving = left.get(take.client());
        if (leaving != null) {
            from = Math.min(from, leaving.span().from());
            to = Math.min(to, leaving.span().to());
        }
        for (Operation.Down down : downs) {
            if (down.span().to() >= take.span().to()) {
                from = Math.min(from, down.span().from());
                to = Math.min(to, Math.max(down.span().to(), take.span().to()));
                break;
            }
        }
        return new Span(Math.min(from, to), to);
    }

    private void judge(Story story) {
        if (story.holds.isEmpty()) {
            if (story.send.fate() == Fate.DONE) {
                violated(Kind.LOST, story.message, story.send + " and never came");
            }
            return;
        }
        Operation.Take first = story.holds.get(0).take();
        if (story.send.fate() == Fate.NOT_DONE || first.span().to() < story.send.span().from()) {
            violated(Kind.NEVER_SENT, story.message, story.send + " came: " + first);
        }
        if (story.send.fate() == Fate.DONE && !story.maybeAcknowledged()) {
            violated(Kind.LOST, story.message, "was last seen in " + story.holds.get(story.holds.size() - 1) + " and never came again");
        }
        for (Story.Hold hold : story.holds) {
            for (Story.Hold other : story.holds) {
                if (hold != other) {
                    judge(story.message, hold, other);
                }
            }
        }
    }

    private void judge(int message, Story.Hold hold, Story.Hold other) {
        Span taken = other.take().span();
        if (hold.acknowledged() && taken.from() > hold.settled().orElseThrow().span().to()) {
            violated(Kind.BACK_FROM_THE_DEAD, message, "was ended by " + hold + " and came: " + other.take());
        } else if (hold.certain().covers(taken) && hold.certain().to() > taken.to()) {
            violated(Kind.TWICE, message, "was in the hands of " + hold + " and came: " + other.take());
        }
    }

    /** A message that could be had. */
    private record Waiting(Span span, Story story) { }

    private void judgeTakes() {
        Map<String, List<Waiting>> waiting = new HashMap<>();
        for (Story story : stories.values()) {
            for (Span span : story.available()) {
                waiting.computeIfAbsent(story.send.queue(), none -> new ArrayList<>()).add(new Waiting(span, story));
            }
        }
        waiting.values().forEach(list -> list.sort(Comparator.comparingLong(one -> one.span().from())));
        Map<String, List<Operation.Take>> takes = new HashMap<>();
        Map<String, List<Operation.Shadow>> shadows = new HashMap<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Take take) {
                takes.computeIfAbsent(take.queue(), none -> new ArrayList<>()).add(take);
            } else if (operation instanceof Operation.Shadow shadow) {
                shadows.computeIfAbsent(shadow.queue(), none -> new ArrayList<>()).add(shadow);
            }
        }
        takes.forEach((queue, list) -> {
            list.sort(Comparator.comparingLong(take -> take.span().from()));
            judgeTakes(list, shadows.getOrDefault(queue, List.of()), waiting.getOrDefault(queue, List.of()));
        });
    }

    /** Both in order of their beginnings. */
    private void judgeTakes(List<Operation.Take> takes, List<Operation.Shadow> shadows, List<Waiting> waiting) {
        List<Waiting> there = new ArrayList<>();
        int next = 0;
        for (Operation.Take take : takes) {
            while (next < waiting.size() && waiting.get(next).span().from() <= take.span().from()) {
                there.add(waiting.get(next++));
            }
            there.removeIf(one -> one.span().to() < take.span().from());
            // a client whose connection breaks may say that there is nothing without having asked
            boolean answered = downs.stream().noneMatch(down -> down.span().overlaps(take.span()));
            if (answered && shadows.stream().noneMatch(shadow -> shadow.client() != take.client() && shadow.span().overlaps(take.span()))) {
                there.stream().filter(one -> one.span().covers(take.span())).forEach(one -> judge(take, one.story()));
            }
        }
    }

    /** The message was there for the taking all the time. */
    private void judge(Operation.Take take, Story passedOver) {
        if (take.message().isEmpty()) {
            violated(Kind.UNSEEN, passedOver.message, passedOver.send + " was not there for " + take);
            return;
        }
        Story taken = stories.get(take.message().getAsInt());
        if (taken != null && taken != passedOver && taken.send.client() == passedOver.send.client()
                && passedOver.send.span().to() < taken.send.span().from()) {
            violated(Kind.OUT_OF_ORDER, passedOver.message, passedOver.send + " waited, and " + taken.send + " came: " + take);
        }
    }

    /** Whether the parts of each transaction that nobody decided, or that nobody heard of, show the same outcome. */
    private void judgeTransactions() {
        Map<Integer, List<Operation>> done = new TreeMap<>();
        Map<Integer, List<Operation>> notDone = new TreeMap<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Send send && send.transaction() != Operation.NO_TRANSACTION) {
                boolean came = !stories.get(send.message()).holds.isEmpty();
                (came ? done : notDone).computeIfAbsent(send.transaction(), none -> new ArrayList<>()).add(send);
            } else if (operation instanceof Operation.Settle settle && settle.transaction() != Operation.NO_TRANSACTION && settle.acknowledged()) {
                boolean ended = !cameAfter(settle);
                (ended ? done : notDone).computeIfAbsent(settle.transaction(), none -> new ArrayList<>()).add(settle);
            }
        }
        done.forEach((transaction, parts) -> {
            if (notDone.containsKey(transaction)) {
                violated(Kind.HALF_DONE, transaction, "done: " + parts + "; not done: " + notDone.get(transaction));
            }
        });
    }

    private boolean cameAfter(Operation.Settle settle) {
        Story story = stories.get(settle.message());
        return story != null && story.holds.stream().anyMatch(hold -> hold.take().span().to() > settle.span().from()
                && hold.settled().filter(settle::equals).isEmpty());
    }

    /** What is known of each message, for a report. */
    static Collection<String> digest(List<Operation> operations, int message) {
        return operations.stream().filter(operation -> operation instanceof Operation.Down
                || operation instanceof Operation.Send send && send.message() == message
                || operation instanceof Operation.Settle settle && settle.message() == message
                || operation instanceof Operation.Take take && take.message().isPresent() && take.message().getAsInt() == message)
                .map(Operation::toString).toList();
    }
}
