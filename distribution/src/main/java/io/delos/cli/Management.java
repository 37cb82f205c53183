package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Asks a broker's management address. One thread at a time; resources are {@code broker}, {@code queue.x}, {@code address.x}. */
interface Management extends AutoCloseable {

    /** Calls an operation and returns its result, the null node when it has none. */
    JsonNode call(String resource, String operation, Object... arguments) throws IOException, ManagementException;

    /** Reads an attribute; an unknown one, or one of an unknown resource, is refused. */
    JsonNode read(String resource, String attribute) throws IOException, ManagementException;

    /** Whether an address is where this connection waits for answers: nothing a user wants to see. */
    boolean isOwn(String address);

    @Override
    void close() throws IOException;
}
