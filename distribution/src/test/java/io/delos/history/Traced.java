package io.delos.history;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes of files as the kernel saw a process make them: what {@code strace} wrote down with {@link #COMMAND}, each when it had returned. */
final class Traced {

    /** To be followed by the trace's file and the program. Strings are all hexadecimal, a file descriptor is named with its path. */
    static final List<String> COMMAND = List.of("strace", "-f", "-ttt", "-y", "-xx", "-s", "16777216", "--seccomp-bpf", "--quiet=all", "-e", "signal=none",
            "-e", "trace=openat,pwrite64,fsync,fdatasync,ftruncate,rename,unlink", "-o");

    private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+)\\.(\\d{6}) (.*)", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)", Pattern.DOTALL);
    private static final String UNFINISHED = " <unfinished ...>";
    private static final Pattern TEXT = Pattern.compile("[<\"]((?:\\\\x[0-9a-f]{2})*)[>\"]");

    enum Change { CREATED, WRITTEN, SYNCED, TRUNCATED, RENAMED, DELETED }

    /**
     * One change.
     *
     * @param time   when it had returned, in nanoseconds since 1970
     * @param other  the new name, for RENAMED
     * @param at     the offset, for WRITTEN; the length, for TRUNCATED
     * @param bytes  for WRITTEN
     */
    record Step(long time, Change change, Path file, Optional<Path> other, long at, byte[] bytes) { }

    private final Map<String, String> unfinished = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Path directory;

    private Traced(Path directory) {
        this.directory = directory;
    }

    /** The changes below a directory, in the order in which they returned. */
    static List<Step> read(Path trace, Path directory) throws IOException {
        Traced traced = new Traced(directory);
        try (BufferedReader lines = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher parts = LINE.matcher(line);
                if (parts.matches()) {
                    long time = Long.parseLong(parts.group(2)) * 1_000_000_000 + Long.parseLong(parts.group(3)) * 1000;
                    traced.line(parts.group(1), time, parts.group(4));
                }
            }
        }
        return traced.steps;
    }

    private void line(String thread, long time, String text) {
        if (text.endsWith(UNFINISHED)) {
            unfinished.put(thread, text.substring(0, text.length() - UNFINISHED.length()));
            return;
        }
        Matcher resumed = RESUMED.matcher(text);
        String call = resumed.matches() ? unfinished.getOrDefault(thread, "") + resumed.group(2) : text;
        int returned = call.lastIndexOf(" = ");
        int open = call.indexOf('(');
        if (open > 0 && returned > 0 && call.charAt(returned + 3) != '-') {
            call(time, call.substring(0, open), call.substring(open + 1, returned));
        }
    }

    private void call(long time, String name, String arguments) {
        switch (name) {
            case "openat" -> {
                if (arguments.contains("O_CREAT")) {
                    add(time, Change.CREATED, path(arguments, 1), 0, new byte[0]);
                }
            }
            case "pwrite64" -> add(time, Change.WRITTEN, path(arguments, 0), lastNumber(arguments), text(arguments, 1));
            case "fsync", "fdatasync" -> add(time, Change.SYNCED, path(arguments, 0), 0, new byte[0]);
            case "ftruncate" -> add(time, Change.TRUNCATED, path(arguments, 0), lastNumber(arguments), new byte[0]);
            case "unlink" -> add(time, Change.DELETED, path(arguments, 0), 0, new byte[0]);
            case "rename" -> {
                Path from = path(arguments, 0);
                if (from.startsWith(directory)) {
                    steps.add(new Step(time, Change.RENAMED, from, Optional.of(path(arguments, 1)), 0, new byte[0]));
                }
            }
            default -> throw new IllegalStateException("a call that was not asked for: " + name);
        }
    }

    private void add(long time, Change change, Path file, long at, byte[] bytes) {
        if (file.startsWith(directory)) {
            steps.add(new Step(time, change, file, Optional.empty(), at, bytes));
        }
    }

    private static Path path(String arguments, int index) {
        return Path.of(new String(text(arguments, index), StandardCharsets.UTF_8));
    }

    /** The n-th text of a call: a string, or the path behind a file descriptor. */
    private static byte[] text(String arguments, int index) {
        Matcher texts = TEXT.matcher(arguments);
        for (int i = 0; texts.find(); i++) {
            if (i == index) {
                String digits = texts.group(1);
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(digits.length() / 4);
                for (int at = 2; at < digits.length(); at += 4) {
                    bytes.write(Integer.parseInt(digits, at, at + 2, 16));
                }
                return bytes.toByteArray();
            }
        }
        throw new IllegalStateException("no text " + index + " in " + arguments.substring(0, Math.min(200, arguments.length())));
    }

    private static long lastNumber(String arguments) {
        String rest = arguments.substring(arguments.lastIndexOf(' ') + 1);
        return Long.parseLong(rest.substring(0, rest.indexOf(')') < 0 ? rest.length() : rest.indexOf(')')));
    }
}
