package io.delos.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;

/** What lives on another virtual machine's heap, and its direct buffers, as it says itself. Used by one thread. */
record Heap(JMXConnector connector, MemoryMXBean memory, BufferPoolMXBean direct) implements AutoCloseable {
    private static final double MIB = 1 << 20;

    static Heap of(Proc process) throws IOException {
        JMXConnector connector = Allocation.connect(process.pid());
        MBeanServerConnection server = connector.getMBeanServerConnection();
        return new Heap(connector, ManagementFactory.newPlatformMXBeanProxy(server, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class),
                ManagementFactory.newPlatformMXBeanProxy(server, "java.nio:type=BufferPool,name=direct", BufferPoolMXBean.class));
    }

    /** In MiB, after garbage was collected. */
    double livingMib() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed() / MIB;
    }

    double directMib() {
        return direct.getMemoryUsed() / MIB;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
