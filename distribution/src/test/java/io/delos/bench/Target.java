package io.delos.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Delos is to reach in a trial: all of some limits; or, where that is as good, another one alone; and whatever has to be met besides.
 */
record Target(List<Limit> all, Optional<Limit> instead, List<Target> besides) {

    /** A rate as good as ActiveMQ Classic's; or, where the client is the limit, a CPU. */
    static final Target AHEAD_OF_CLASSIC = new Target(List.of(new Limit("rate", Side.CLASSIC, true, 1)),
            Optional.of(new Limit("cpu", Side.CLASSIC, false, 1)));

    Target(List<Limit> all, Optional<Limit> instead) {
        this(all, instead, List.of());
    }

    /** The same, and this one too. */
    Target and(Target other) {
        return new Target(all, instead, Stream.concat(besides.stream(), Stream.of(other)).toList());
    }

    /** The same, and within this bound too. */
    Target and(Limit limit) {
        return and(new Target(List.of(limit), Optional.empty()));
    }

    /**
     * A bound on the median of a figure.
     *
     * @param against the side whose figure it is multiplied with; empty for a bound that stands for itself
     */
    record Limit(String figure, String against, boolean atLeast, double bound) {

        Optional<Boolean> met(Results results, String row) {
            OptionalDouble own = results.median(row, Side.DELOS, figure);
            OptionalDouble other = against.isEmpty() ? OptionalDouble.of(1) : results.median(row, against, figure);
            if (own.isEmpty() || other.isEmpty()) {
                return Optional.empty();
            }
            double limit = bound * other.getAsDouble();
            return Optional.of(atLeast ? own.getAsDouble() >= limit : own.getAsDouble() <= limit);
        }

        String text() {
            String number = bound == Math.rint(bound) ? String.format(Locale.ROOT, "%,.0f", bound)
                    : String.format(Locale.ROOT, "%.3f", bound).replaceFirst("0+$", "");
            return figure + (atLeast ? " ≥ " : " ≤ ") + (against.isEmpty() ? number
                    : bound == 1 ? against : number + " × " + against);
        }
    }

    static Limit atLeast(String figure, double ratio) {
        return new Limit(figure, Side.ARTEMIS, true, ratio);
    }

    static Limit atMost(String figure, double ratio) {
        return new Limit(figure, Side.ARTEMIS, false, ratio);
    }

    /** A rate, so many times Artemis's, or a CPU. */
    static Target either(double rate, double cpu) {
        return new Target(List.of(atLeast("rate", rate)), Optional.of(atMost("cpu", cpu)));
    }

    /** Whether it was reached, without a message lost, duplicated or out of order, and no round failed; empty if that wasn't measured. */
    Optional<Boolean> met(Results results, String row) {
        if (results.of(row, Side.DELOS).stream().anyMatch(each -> each.failure().isPresent())
                || List.of("lost", "duplicated", "disordered").stream().anyMatch(each -> results.sum(row, Side.DELOS, each).orElse(0) != 0)) {
            return Optional.of(false);
        }
        List<Optional<Boolean>> more = besides.stream().map(target -> target.met(results, row)).toList();
        if (!more.stream().allMatch(met -> met.orElse(false))) {
            return more.stream().anyMatch(met -> !met.orElse(true)) ? Optional.of(false) : Optional.empty();
        }
        List<Optional<Boolean>> each = all.stream().map(limit -> limit.met(results, row)).toList();
        if (instead.isPresent() && instead.get().met(results, row).orElse(false) || each.stream().allMatch(met -> met.orElse(false))) {
            return Optional.of(true);
        }
        return each.stream().anyMatch(Optional::isEmpty) ? Optional.empty() : Optional.of(false);
    }

    String text() {
        return all.stream().map(Limit::text).collect(Collectors.joining(", ")) + instead.map(limit -> ", or " + limit.text()).orElse("")
                + besides.stream().map(target -> "; and " + target.text()).collect(Collectors.joining());
    }
}
