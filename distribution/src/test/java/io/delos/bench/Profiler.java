package io.delos.bench;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns async-profiler on and off in another virtual machine. The stacks come as lines, a stack and its weight each: samples of a
 * millisecond of processor time, or bytes allocated.
 *
 * @param agent   the profiler's native library
 * @param event   {@code cpu}, {@code alloc}, or whatever else the profiler knows
 * @param file    where it writes
 */
record Profiler(long pid, String agent, String event, String file) {

    /** The library for this machine, where the build's profile {@code bench} unpacked it. */
    static Path library() {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
        return Path.of("target", "bench", "profiler", machine, "libasyncProfiler.so").toAbsolutePath();
    }

    void start() throws IOException {
        load("start,threads,event=" + event + (event.equals("alloc") ? ",alloc=16k" : ",interval=1ms"));
    }

    void stop() throws IOException {
        load("stop,threads,collapsed,total,file=" + file);
    }

    private void load(String command) throws IOException {
        VirtualMachine machine;
        try {
            machine = VirtualMachine.attach(Long.toString(pid));
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
        try {
            machine.loadAgentPath(agent, command);
        } catch (AgentLoadException | AgentInitializationException e) {
            throw new IOException(e);
        } finally {
            machine.detach();
        }
    }
}
