package io.delos.security;

/**
 * What a client shows to be let in.
 *
 * @param user empty when none was given
 * @param password empty when none was given
 * @param certificateSubject distinguished name of the TLS client certificate, empty when there is none
 */
public record Credentials(String user, String password, String certificateSubject) {
    /** Nothing at all. */
    public static final Credentials NONE = new Credentials("", "", "");

    public static Credentials of(String user, String password) {
        return new Credentials(user, password, "");
    }

    /** Whether neither name nor password was given. */
    public boolean isAnonymous() {
        return user.isEmpty() && password.isEmpty();
    }

    /** The sentence clients are told when these were refused. */
    public String refusal(String remoteAddress) {
        return "AMQ229031: Unable to validate user from " + remoteAddress + ". Username: " + (user.isEmpty() ? "null" : user)
            + "; SSL certificate subject DN: " + (certificateSubject.isEmpty() ? "unavailable" : certificateSubject);
    }

    /** Without the password. */
    @Override public String toString() {
        return "Credentials[" + user + "]";
    }
}
