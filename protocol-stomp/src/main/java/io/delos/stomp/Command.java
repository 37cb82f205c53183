package io.delos.stomp;

import java.util.Optional;

/** What a client may say. */
enum Command {

    CONNECT, STOMP, SEND, SUBSCRIBE, UNSUBSCRIBE, ACK, NACK, BEGIN, COMMIT, ABORT, DISCONNECT;

    private static final Command[] ALL = values();

    /** The command on this line; empty if there is no such in that version. */
    static Optional<Command> of(byte[] line, int length, Version version) {
        for (Command command : ALL) {
            if (command.is(line, length)) {
                return command == NACK && version == Version.V1_0 ? Optional.empty() : Optional.of(command);
            }
        }
        return Optional.empty();
    }

    private boolean is(byte[] line, int length) {
        String name = name();
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (line[i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
