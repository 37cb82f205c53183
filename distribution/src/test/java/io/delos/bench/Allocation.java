package io.delos.bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Bytes that another virtual machine's threads took from its heap, exactly as the machine itself counts them, thread by thread.
 * What the threads that answer this question take is left out. A thread's last bytes before its end are missed. Used by one thread.
 */
final class Allocation implements AutoCloseable {
    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final Map<Long, Boolean> counted = new HashMap<>();
    private final Map<Long, Long> last = new HashMap<>();
    private long total;

    private Allocation(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.threads = ManagementFactory.newPlatformMXBeanProxy(connector.getMBeanServerConnection(),
                ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    static Allocation of(long pid) throws IOException {
        return new Allocation(connect(pid));
    }

    /**
     * Asks another virtual machine through the connection it has for that on its own machine; the process must be one.
     *
     * @throws IOException if there is no such process, or it doesn't let itself be asked
     */
    static JMXConnector connect(long pid) throws IOException {
        VirtualMachine machine;
        try {
            machine = VirtualMachine.attach(Long.toString(pid));
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
        try {
            return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
        } finally {
            machine.detach();
        }
    }

    /** What was taken since the first call. */
    long bytes() {
        boolean first = last.isEmpty();
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        name(ids);
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] >= 0 && counted.getOrDefault(ids[i], false)) {
                long before = last.getOrDefault(ids[i], first ? bytes[i] : 0);
                total += bytes[i] - before;
                last.put(ids[i], bytes[i]);
            }
        }
        return total;
    }

    private void name(long[] ids) {
        long[] unknown = java.util.Arrays.stream(ids).filter(id -> !counted.containsKey(id)).toArray();
        for (ThreadInfo info : unknown.length == 0 ? new ThreadInfo[0] : threads.getThreadInfo(unknown)) {
            if (info != null) {
                counted.put(info.getThreadId(), !info.getThreadName().matches("(RMI|JMX|Attach).*"));
            }
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException goneAlready) {
            // A machine that has ended can't be told that nobody listens any more.
            return;
        }
    }
}
