package io.delos.broker;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The texts of a SCRAM login without channel binding, on the server's side (RFC 5802 §5, RFC 7677); one use. Names are taken as they come:
 * what SASLprep would change in them is not changed. Not thread-safe.
 */
final class ScramExchange {

    private static final int LONGEST = 1024;

    private final String gs2Header;
    private final String clientFirst;
    private final String clientNonce;
    private final String user;
    private String serverFirst = "";
    private String nonce = "";

    /**
     * A client's proof.
     *
     * @param authMessage what both sides have said until then
     */
    record Proof(byte[] proof, byte[] authMessage) { }

    private ScramExchange(String gs2Header, String clientFirst, String user, String clientNonce) {
        this.gs2Header = gs2Header;
        this.clientFirst = clientFirst;
        this.user = user;
        this.clientNonce = clientNonce;
    }

    /** Reads the client's first message; empty when it is none, or wants channel binding or to be somebody else. */
    static Optional<ScramExchange> begin(byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        String[] parts = text.split(",", -1);
        boolean plausible = message.length <= LONGEST && parts.length >= 4 && (parts[0].equals("n") || parts[0].equals("y"))
                && parts[2].startsWith("n=") && parts[3].startsWith("r=") && parts[3].length() > 2;
        if (!plausible) {
            return Optional.empty();
        }
        Optional<String> user = name(parts[2].substring(2));
        Optional<String> other = parts[1].isEmpty() ? user : parts[1].startsWith("a=") ? name(parts[1].substring(2)) : Optional.empty();
        if (user.isEmpty() || !other.equals(user)) {
            return Optional.empty();
        }
        String header = parts[0] + "," + parts[1] + ",";
        return Optional.of(new ScramExchange(header, text.substring(header.length()), user.get(), parts[3].substring(2)));
    }

    /** A name with its commas and equals signs, which are written =2C and =3D; empty for what can't be one. */
    private static Optional<String> name(String written) {
        String plain = written.replace("=2C", ",").replace("=3D", "\0");
        return plain.indexOf('=') >= 0 || plain.isEmpty() ? Optional.empty() : Optional.of(plain.replace('\0', '='));
    }

    String user() {
        return user;
    }

    /** The answer to it. */
    byte[] challenge(String serverNonce, byte[] salt, int iterations) {
        nonce = clientNonce + serverNonce;
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i=" + iterations;
        return serverFirst.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the client's final message; empty when it isn't one to this conversation. */
    Optional<Proof> proof(byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        int proof = text.lastIndexOf(",p=");
        String expected = "c=" + Base64.getEncoder().encodeToString(gs2Header.getBytes(StandardCharsets.UTF_8)) + ",r=" + nonce;
        if (message.length > LONGEST || proof < 0 || !text.substring(0, proof).equals(expected)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text.substring(proof + 3));
            return Optional.of(new Proof(bytes, (clientFirst + "," + serverFirst + "," + expected).getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** What the client is told at the end. */
    static byte[] verified(byte[] signature) {
        return ("v=" + Base64.getEncoder().encodeToString(signature)).getBytes(StandardCharsets.UTF_8);
    }
}
