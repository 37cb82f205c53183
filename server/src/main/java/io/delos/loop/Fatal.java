package io.delos.loop;

import io.netty.util.internal.OutOfDirectMemoryError;

/**
 * What no part of the broker may go on from. When the heap is used up, or the virtual machine is broken, nobody can say which turn was left
 * half done: the process ends at once, and everything that was confirmed is on the disk. Direct memory that is used up is the affair of the
 * connection that wanted some. Any thread.
 */
public final class Fatal {

    /** As the virtual machine ends itself with {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT = 3;

    private Fatal() {
    }

    /** Ends the process if it must; returns otherwise. */
    public static void check(Throwable fault) {
        if (isFatal(fault)) {
            System.err.println("The broker ends at once, with everything it confirmed on the disk: " + fault
                    + ". When the heap is too small, give it more with -Xmx (JAVA_ARGS in etc/artemis.profile)");
            Runtime.getRuntime().halt(EXIT);
        }
    }

    /** Whether the process must end. A stack that ran over is a fault of one turn like another. */
    static boolean isFatal(Throwable fault) {
        return fault instanceof VirtualMachineError && !(fault instanceof StackOverflowError) && !isDirectMemory(fault);
    }

    /** Whether it was direct memory that there was no more of. */
    public static boolean isDirectMemory(Throwable fault) {
        return fault instanceof OutOfDirectMemoryError
                || fault instanceof OutOfMemoryError && fault.getMessage() != null && fault.getMessage().contains("direct buffer memory");
    }
}
