package io.delos.mqtt;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677). */
final class ScramText {

    private final String bare;
    private final String password;
    private String signature = "";

    ScramText(String user, String password) {
        this.bare = "n=" + user + ",r=fyko+d2lbbFgONRv9qkxdawL";
        this.password = password;
    }

    byte[] first() {
        return ("n,," + bare).getBytes(StandardCharsets.UTF_8);
    }

    /** The answer to the server's first message. */
    byte[] last(byte[] serverFirst) throws GeneralSecurityException {
        String challenge = new String(serverFirst, StandardCharsets.UTF_8);
        String[] parts = challenge.split(",");
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        int iterations = Integer.parseInt(parts[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256)).getEncoded();
        String without = "c=biws," + parts[0];
        byte[] said = (bare + "," + challenge + "," + without).getBytes(StandardCharsets.UTF_8);
        byte[] key = mac(salted, "Client Key".getBytes(StandardCharsets.UTF_8));
        byte[] proof = mac(MessageDigest.getInstance("SHA-256").digest(key), said);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= key[i];
        }
        signature = "v=" + Base64.getEncoder().encodeToString(mac(mac(salted, "Server Key".getBytes(StandardCharsets.UTF_8)), said));
        return (without + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(StandardCharsets.UTF_8);
    }

    /** What the server must say at the end. */
    String signature() {
        return signature;
    }

    private static byte[] mac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }
}
