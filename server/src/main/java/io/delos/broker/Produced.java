package io.delos.broker;

/** What a session has sent to one address. Owned by the session's loop. */
public final class Produced {

    private final long number;
    private final String address;
    private final long since;
    private long messages;
    private long bytes;

    Produced(long number, String address, long since) {
        this.number = number;
        this.address = address;
        this.since = since;
    }

    void sent(int size) {
        messages++;
        bytes += size;
    }

    /** A number that no other has in this process. */
    public long number() {
        return number;
    }

    public String address() {
        return address;
    }

    /** When it sent there first, in milliseconds since the epoch. */
    public long since() {
        return since;
    }

    public long messages() {
        return messages;
    }

    /** The sum of their sizes, in bytes. */
    public long bytes() {
        return bytes;
    }
}
