package io.delos.selector;

/** The properties of whatever is being filtered. */
@FunctionalInterface
public interface PropertyLookup {
    /**
     * The value of a property: a {@code String}, {@code Boolean}, {@code Character}, a boxed number or {@code byte[]}.
     *
     * @return null when there is no such property
     */
    Object get(String name);
}
