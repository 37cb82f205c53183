package io.delos.security;

/**
 * A file that logins go by, as it was read last.
 *
 * @param name     without its folder
 * @param readAt   in milliseconds since the epoch
 * @param checksum Adler-32 over its entries as {@code key=value}, in their order: by it operators see that a change was taken over
 */
public record LoginFile(String name, long readAt, long checksum) { }
