package io.delos.security;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One step of a login, as an entry of login.config asks for it. Called by workers, several at once. */
interface LoginModule {
    /**
     * Who this is, as far as the module knows; empty when it refuses.
     *
     * @throws IOException when it can't tell, for instance because a file is missing
     */
    Optional<Identity> login(Credentials credentials) throws IOException;

    /**
     * What it takes to check a SCRAM proof of this user's; empty when the module knows no such user, or not enough of the password.
     *
     * @throws IOException when it can't tell
     */
    default Optional<ScramUser> scram(ScramHash hash, String user) throws IOException {
        return Optional.empty();
    }

    /**
     * Tells one state of what the module goes by from another, after looking whether that has changed.
     *
     * @throws IOException when it can't tell
     */
    default long revision() throws IOException {
        return 0;
    }

    /** The files that it has read. */
    default List<LoginFile> files() {
        return List.of();
    }
}
