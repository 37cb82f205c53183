package io.delos.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** Runs a list of checks and adds them up; anything but success of all is exit code 1. */
abstract class CheckAction extends ConnectedAction {

    /** One question. */
    record Check(String text, Question question) {
    }

    /** Answers with nothing, or with what is wrong. */
    interface Question {
        Optional<String> ask(Context context) throws IOException, ManagementException;
    }

    /**
     * What a check works with.
     *
     * @param deadlineNanos when the time is over, as {@code System.nanoTime}
     */
    record Context(Messaging messaging, Management management, long deadlineNanos) {
        long millisLeft() {
            return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
    }

    @Option(names = "--name", paramLabel = "<name>", description = "What to check.")
    String name;

    @Option(names = "--timeout", paramLabel = "<ms>", defaultValue = "30000", description = "Time for all checks. Default: ${DEFAULT-VALUE}.")
    int timeout;

    @Option(names = "--fail-at-end", description = "Go on after a failure.")
    boolean failAtEnd;

    private int run;
    private int failures;
    private int errors;

    /** The name in the output. */
    abstract String title();

    /** What is to be checked; a value that makes no sense is an {@link IllegalArgumentException}. */
    abstract List<Check> checks();

    /** Asks for what is missing. */
    void ask() throws CliException {
    }

    @Override
    final int perform() throws Exception {
        ask();
        List<Check> checks;
        try {
            checks = checks();
        } catch (IllegalArgumentException e) {
            throw new CliException(title() + " failed. Reason: " + e, e);
        }
        long start = System.nanoTime();
        Optional<String> problem = Optional.empty();
        try (Messaging messaging = connect(); Management management = messaging.management()) {
            out("Running " + title());
            Context context = new Context(messaging, management, start + TimeUnit.MILLISECONDS.toNanos(timeout));
            for (Check check : checks) {
                Optional<String> found = tell(check, context);
                problem = problem.or(() -> found);
                if (problem.isPresent() && !failAtEnd) {
                    break;
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        out(String.format(Locale.ROOT, "Checks run: %d, Failures: %d, Errors: %d, Skipped: %d, Time elapsed: %.3f sec - %s",
                run, failures, errors, checks.size() - run, seconds, title()));
        if (problem.isPresent()) {
            terminal().complain(title() + " failed. Reason: " + problem.get());
            return FAILED;
        }
        return DONE;
    }

    private Optional<String> tell(Check check, Context context) {
        run++;
        String result;
        try {
            Optional<String> failure = context.millisLeft() <= 0 ? Optional.of("Timeout after " + timeout + " ms") : check.question().ask(context);
            if (failure.isEmpty()) {
                out("Checking that " + check.text() + " ... success");
                return Optional.empty();
            }
            failures++;
            result = "failure: " + failure.get();
        } catch (IOException | ManagementException e) {
            errors++;
            result = "error: " + e.getMessage();
        }
        out("Checking that " + check.text() + " ... " + result);
        return Optional.of(result);
    }
}
