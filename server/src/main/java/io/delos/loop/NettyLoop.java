package io.delos.loop;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A Netty event loop behind {@link Loop}. The outbox is owned by the loop's thread: it collects the turn's posts per target and hands
 * each target one bundle when the turn ends.
 */
public final class NettyLoop implements Loop {

    private static final Logger LOG = LogManager.getLogger(NettyLoop.class);
    private static final Map<EventLoop, NettyLoop> ALL = new ConcurrentHashMap<>();
    private static final ThreadLocal<NettyLoop> CURRENT = new ThreadLocal<>();

    private final EventLoop events;
    private final String name;
    private final ArrayList<Bundle> outbox = new ArrayList<>();
    private boolean flushScheduled;
    private final Runnable flush = this::flushOutbox;

    private NettyLoop(EventLoop events, String name) {
        this.events = events;
        this.name = name;
    }

    /** The loop around this event loop; always the same one for the same event loop until {@link #release()}. */
    public static NettyLoop of(EventLoop events, String name) {
        return ALL.computeIfAbsent(events, e -> {
            NettyLoop loop = new NettyLoop(e, name);
            e.execute(() -> CURRENT.set(loop));
            return loop;
        });
    }

    /** The loop that was made around this event loop by {@link #of}. */
    public static NettyLoop of(EventLoop events) {
        NettyLoop loop = ALL.get(events);
        if (loop == null) {
            throw new IllegalStateException("not one of the broker's loops: " + events);
        }
        return loop;
    }

    /** Forgets the event loop, which is being shut down. */
    public void release() {
        ALL.remove(events);
    }

    /** The event loop to register channels with. */
    public EventLoop events() {
        return events;
    }

    @Override
    public void post(Runnable task) {
        NettyLoop here = CURRENT.get();
        if (here == null) {
            events.execute(guarded(task));
        } else {
            here.send(this, task);
        }
    }

    private void send(NettyLoop target, Runnable task) {
        bundleFor(target).tasks.add(task);
        if (!flushScheduled) {
            flushScheduled = true;
            events.execute(flush);
        }
    }

    private Bundle bundleFor(NettyLoop target) {
        for (int i = 0; i < outbox.size(); i++) {
            Bundle bundle = outbox.get(i);
            if (bundle.target == target) {
                return bundle;
            }
        }
        Bundle bundle = new Bundle(target);
        outbox.add(bundle);
        return bundle;
    }

    @Override
    public void handOver() {
        assertInside();
        Bundle own = null;
        for (int i = 0; i < outbox.size(); i++) {
            Bundle bundle = outbox.get(i);
            if (bundle.target == this) {
                own = bundle;
            } else {
                bundle.send();
            }
        }
        outbox.clear();
        if (own != null) {
            outbox.add(own);
        }
    }

    private void flushOutbox() {
        flushScheduled = false;
        handOver();
        if (!outbox.isEmpty()) {
            outbox.remove(0).run();
        }
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
        Future<?> future = events.schedule(guarded(task), delayMillis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    private Runnable guarded(Runnable task) {
        return () -> runGuarded(task);
    }

    /** A fault in one task must not take the others of its bundle with it. */
    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable fault) {
            Fatal.check(fault);
            LOG.error("A task of {} failed; what it was serving may be closed", name, fault);
        }
    }

    @Override
    public boolean inside() {
        return events.inEventLoop();
    }

    @Override
    public String name() {
        return name;
    }

    private static final class Bundle implements Runnable {
        final NettyLoop target;
        final ArrayList<Runnable> tasks = new ArrayList<>();

        Bundle(NettyLoop target) {
            this.target = target;
        }

        void send() {
            if (!target.events.isShutdown()) {
                target.events.execute(this);
            }
        }

        @Override
        public void run() {
            for (int i = 0; i < tasks.size(); i++) {
                target.runGuarded(tasks.get(i));
            }
        }
    }
}
