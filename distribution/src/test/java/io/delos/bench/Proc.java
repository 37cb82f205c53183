package io.delos.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux counts of a process. */
record Proc(long pid) {
    /** Clock ticks per second, the unit of /proc/PID/stat: 100 on every Linux that Java runs on. */
    private static final double TICK_MILLIS = 10;

    /** How many files and sockets a process may have open that this one starts, and it itself. */
    static int mostFiles() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                String hard = line.trim().split(" +")[4];
                return hard.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(hard);
            }
        }
        throw new IOException("no limit of open files");
    }

    /** Whether it is one of Java's. */
    boolean virtualMachine() {
        return ProcessHandle.of(pid).flatMap(each -> each.info().command()).orElse("").endsWith("java");
    }

    /** User and system time so far, in milliseconds, in steps of 10. */
    double cpuMillis() throws IOException {
        return cpuMillis(Files.readString(file("stat")));
    }

    private static double cpuMillis(String stat) {
        // The second field, the command, may contain spaces; the counts follow its closing parenthesis.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    /** The part of it that compilers took; those that have ended since are missing. */
    double compilerMillis() throws IOException {
        double sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(file("task"))) {
            for (Path task : tasks) {
                sum += compilerMillis(task);
            }
        }
        return sum;
    }

    private static double compilerMillis(Path task) {
        String stat = text(task.resolve("stat"));
        return stat.contains("(C1 Compiler") || stat.contains("(C2 Compiler") ? cpuMillis(stat) : 0;
    }

    /** Empty if the thread has ended. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }

    /** Resident memory now, in MiB. */
    double residentMib() throws IOException {
        return number(Files.readAllLines(file("status")), "VmRSS:") / 1024.0;
    }

    /** The most resident memory it ever had, in MiB. */
    double peakMib() throws IOException {
        return number(Files.readAllLines(file("status")), "VmHWM:") / 1024.0;
    }

    /** Forgets the peak: {@link #peakMib} begins anew from what is resident now. */
    void forgetPeak() throws IOException {
        Files.writeString(file("clear_refs"), "5");
    }

    /** Its threads, but for those that answer who measures it from outside. */
    long threads() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(file("task"))) {
            for (Path task : tasks) {
                count += text(task.resolve("comm")).matches("|(?s)(RMI|JMX|Attach).*") ? 0 : 1;
            }
        }
        return count;
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private static long number(List<String> lines, String label) throws IOException {
        for (String line : lines) {
            if (line.startsWith(label)) {
                return Long.parseLong(line.substring(label.length()).replace("kB", "").trim());
            }
        }
        throw new IOException("no " + label);
    }
}
