package io.delos.message;

/**
 * A message's body that lies in a file of its own.
 *
 * @param file   the file's number; never used again
 * @param length bytes of the body, as the client sent them
 */
public record LargeBody(long file, long length) {

    /** No such body: the message is whole in memory. */
    public static final LargeBody NONE = new LargeBody(0, 0);
}
