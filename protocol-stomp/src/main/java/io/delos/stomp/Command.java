package io.delos.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What a client may say. */
enum Command {

    SEND, ACK, CONNECT, STOMP, SUBSCRIBE, UNSUBSCRIBE, NACK, BEGIN, COMMIT, ABORT, DISCONNECT;

    private static final Command[] ALL = values();

    private final byte[] text = name().getBytes(StandardCharsets.US_ASCII);
    private final Optional<Command> itself = Optional.of(this);

    /** The command in these bytes; empty if there is no such in that version. */
    static Optional<Command> of(byte[] bytes, int from, int length, Version version) {
        for (Command command : ALL) {
            if (command.text.length == length && Arrays.equals(command.text, 0, length, bytes, from, from + length)) {
                return command == NACK && version == Version.V1_0 ? Optional.empty() : command.itself;
            }
        }
        return Optional.empty();
    }
}
