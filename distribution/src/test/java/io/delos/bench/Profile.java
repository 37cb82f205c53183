package io.delos.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a profiler saw, as tables: by thread, by function itself, by system call, and by the project's own functions. Used by one thread. */
final class Profile {
    private static final String OWN = "io.delos.";
    private static final Pattern LAMBDA = Pattern.compile("\\$\\$Lambda[^;]*\\.");
    private static final Pattern HIDDEN = Pattern.compile("\\.0x[0-9a-f]{8,}");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern THREAD = Pattern.compile(" tid=\\d+");

    private final Map<String, Long> threads = new HashMap<>();
    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> calls = new HashMap<>();
    private final Map<String, Long> inclusive = new HashMap<>();
    private final Map<String, Long> nearest = new HashMap<>();
    private final Map<String, Map<String, Long>> below = new HashMap<>();
    private long total;

    /** @param lines each {@code [thread];frame;...;frame weight} */
    static Profile of(List<String> lines) {
        Profile profile = new Profile();
        for (String line : lines) {
            int end = line.lastIndexOf(' ');
            if (end > 0) {
                profile.add(line.substring(0, end).split(";"), Long.parseLong(line.substring(end + 1)));
            }
        }
        return profile;
    }

    long total() {
        return total;
    }

    private void add(String[] stack, long weight) {
        total += weight;
        List<String> frames = new ArrayList<>();
        for (String each : stack) {
            if (each.startsWith("[") && frames.isEmpty()) {
                threads.merge(NUMBER.matcher(THREAD.matcher(each).replaceAll("")).replaceAll("#"), weight, Long::sum);
            } else {
                frames.add(HIDDEN.matcher(LAMBDA.matcher(each).replaceAll("\\$\\$Lambda.")).replaceAll("").replace('/', '.'));
            }
        }
        if (frames.isEmpty()) {
            return;
        }
        String leaf = frames.get(frames.size() - 1);
        self.merge(leaf, weight, Long::sum);
        frames.stream().filter(each -> each.startsWith("__x64_sys_") || each.startsWith("__arm64_sys_")).findFirst()
                .ifPresent(call -> calls.merge(call.substring(call.indexOf("sys_") + 4).replace("_[k]", ""), weight, Long::sum));
        own(frames, leaf, weight);
    }

    private void own(List<String> frames, String leaf, long weight) {
        Set<String> own = new HashSet<>();
        String last = "(none)";
        for (String each : frames) {
            if (each.startsWith(OWN)) {
                own.add(each);
                last = each;
            }
        }
        own.forEach(each -> inclusive.merge(each, weight, Long::sum));
        nearest.merge(last, weight, Long::sum);
        below.computeIfAbsent(last, key -> new HashMap<>()).merge(leaf.equals(last) ? "itself" : leaf, weight, Long::sum);
    }

    /**
     * Markdown.
     *
     * @param perMessage what the whole is worth for one message
     * @param unit       of that
     */
    String markdown(double perMessage, String unit) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%,d counted; %,.3f %s per message.%n", total, perMessage, unit));
        table(text, "By thread", threads, 20, perMessage, unit, each -> "");
        table(text, "By system call", calls, 20, perMessage, unit, each -> "");
        table(text, "By function, itself", self, 45, perMessage, unit, each -> "");
        table(text, "By the last of our own functions on the stack, with what it calls", nearest, 45, perMessage, unit, this::mostBelow);
        table(text, "By our own function, with all that it calls", inclusive, 70, perMessage, unit, each -> "");
        return text.toString();
    }

    private String mostBelow(String function) {
        Map<String, Long> callees = below.get(function);
        long all = callees.values().stream().mapToLong(Long::longValue).sum();
        return callees.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(3)
                .map(each -> String.format(Locale.ROOT, "%s %.0f %%", each.getKey(), 100.0 * each.getValue() / all))
                .collect(Collectors.joining(", ", " – ", ""));
    }

    private void table(StringBuilder text, String title, Map<String, Long> weights, int most, double perMessage, String unit,
                       java.util.function.UnaryOperator<String> remark) {
        text.append("\n### ").append(title).append("\n\n| share | ").append(unit).append(" per message | |\n|---:|---:|---|\n");
        weights.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Comparator.comparing(Map.Entry::getKey)))
                .limit(most).forEach(each -> {
                    double share = (double) each.getValue() / total;
                    text.append(String.format(Locale.ROOT, "| %.1f %% | %.3f | `%s`%s |%n", 100 * share, share * perMessage, each.getKey(),
                            remark.apply(each.getKey())));
                });
    }
}
