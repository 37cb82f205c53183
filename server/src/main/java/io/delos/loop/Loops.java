package io.delos.loop;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The process's loops: a few that carry connections and queues, and one, the control loop, for what there is only one of. Any thread. */
public final class Loops implements LoopPool, AutoCloseable {

    /** A heap below which sockets' buffers are kept small, in bytes; direct memory is as much unless it is told otherwise. */
    private static final long LITTLE_MEMORY = 256L << 20;
    private static final int PAGE = 8192;
    /** Chunks of 256 KiB. */
    private static final int CHUNK_ORDER = 5;

    private final boolean epoll;
    private final EventLoopGroup group;
    private final EventLoopGroup controlGroup;
    private final List<NettyLoop> loops = new ArrayList<>();
    private final NettyLoop control;
    private final AtomicInteger next = new AtomicInteger();
    private final ByteBufAllocator allocator;

    static {
        // sampling every hundredth buffer with a stack trace shows in profiles; tests ask for it by the property
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    /** Starts {@code count} loops (native epoll where it loads, NIO elsewhere) and the control loop. */
    public Loops(int count) {
        allocator = allocatorFor(count);
        epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("delos-loop", true), io);
        controlGroup = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("delos-control", true), NioIoHandler.newFactory());
        int n = 0;
        for (EventExecutor executor : group) {
            loops.add(NettyLoop.of((EventLoop) executor, "delos-loop-" + n++));
        }
        control = NettyLoop.of(controlGroup.next(), "delos-control");
    }

    /** Where sockets' buffers come from: with little memory from small chunks, of which there are few. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    private static ByteBufAllocator allocatorFor(int loops) {
        return Runtime.getRuntime().maxMemory() > LITTLE_MEMORY ? ByteBufAllocator.DEFAULT
                : new PooledByteBufAllocator(true, 0, loops, PAGE, CHUNK_ORDER, 64, 16, false);
    }

    /** Whether sockets on these loops must be epoll ones. */
    public boolean epoll() {
        return epoll;
    }

    /** The group that channels are registered with. */
    public EventLoopGroup group() {
        return group;
    }

    @Override
    public NettyLoop next() {
        return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    /** All loops but the control loop. */
    public List<NettyLoop> all() {
        return List.copyOf(loops);
    }

    @Override
    public NettyLoop control() {
        return control;
    }

    @Override
    public boolean await(CountDownLatch latch, long timeout, TimeUnit unit) throws InterruptedException {
        return latch.await(timeout, unit);
    }

    /** Ends the threads, waiting at most a few seconds for tasks under way. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 3, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        controlGroup.shutdownGracefully(0, 3, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        loops.forEach(NettyLoop::release);
        control.release();
    }
}
