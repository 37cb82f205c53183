package io.delos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux counts of a process. */
record Proc(long pid) {
    /** Clock ticks per second, the unit of /proc/PID/stat: 100 on every Linux that Java runs on. */
    private static final double TICK_MILLIS = 10;

    /** User and system time so far, in milliseconds, in steps of 10. */
    double cpuMillis() throws IOException {
        String stat = Files.readString(file("stat"));
        // The second field, the command, may contain spaces; the counts follow its closing parenthesis.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    /** Bytes sent to the storage layer so far. */
    long writtenBytes() throws IOException {
        return number(Files.readAllLines(file("io")), "write_bytes:");
    }

    /** Resident memory now, in MiB. */
    double residentMib() throws IOException {
        return number(Files.readAllLines(file("status")), "VmRSS:") / 1024.0;
    }

    /** The most resident memory it ever had, in MiB. */
    double peakMib() throws IOException {
        return number(Files.readAllLines(file("status")), "VmHWM:") / 1024.0;
    }

    long threads() throws IOException {
        return number(Files.readAllLines(file("status")), "Threads:");
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
