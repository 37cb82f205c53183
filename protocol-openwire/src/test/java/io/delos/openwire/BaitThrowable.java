package io.delos.openwire;

/** Must never be loaded because of what comes from the network; its name is as long as {@code java.lang.IllegalStateException}. */
public final class BaitThrowable extends RuntimeException {

    static {
        System.setProperty(BadInputIT.SPRUNG, "true");
    }

    private static final long serialVersionUID = 1L;

    public BaitThrowable(String message) {
        super(message);
    }
}
