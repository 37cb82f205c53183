package io.delos.server;

/** The release, as the build wrote it into the jar. */
public final class Version {

    private Version() {
    }

    /** Such as {@code 1.2.0}; {@code development} when it does not run from a jar. */
    public static String text() {
        String built = Version.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }
}
