package io.delos.security;

import io.delos.config.ConfigException;
import io.delos.config.Place;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The two-way form of a password in configuration files, {@code ENC(text)} (broker.xml document, section 21). It hides a password from a
 * glance, no more: whoever has the key has the password. Stateless; any thread.
 */
public final class PasswordMask {
    /** The codec Artemis names when nothing else is configured, and the only one there is. */
    public static final String DEFAULT_CODEC = "org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec";
    /** The system property with the key. */
    public static final String KEY_PROPERTY = "artemis.default.sensitive.string.codec.key";

    private static final String KEY_VARIABLE = "ARTEMIS_DEFAULT_SENSITIVE_STRING_CODEC_KEY";
    private static final String DEFAULT_KEY = "clusterpassword";
    private static final String CIPHER = "Blowfish";
    private static final int BLOCK = 8;
    private static final int LONGEST = 1 << 16;
    private static final int LONGEST_KEY = 56;

    private final SecretKeySpec key;
    private final boolean oneWay;

    private PasswordMask(String key, boolean oneWay) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LONGEST_KEY) {
            throw new ConfigException(Place.NONE, "password-codec", "expected a key of 1 to " + LONGEST_KEY + " bytes");
        }
        this.key = new SecretKeySpec(bytes, CIPHER);
        this.oneWay = oneWay;
    }

    /** The mask with the key of the process: the system property, the environment variable, or the built-in one. */
    public static PasswordMask ofProcess() {
        return new PasswordMask(processKey(System::getenv), false);
    }

    /** The mask with this key. */
    public static PasswordMask ofKey(String key) {
        return new PasswordMask(key, false);
    }

    /**
     * The mask a {@code password-codec} setting asks for: {@code class;key=...;algorithm=one-way}.
     *
     * @throws ConfigException when it asks for another class or algorithm
     */
    public static PasswordMask ofCodec(String codec) {
        String[] parts = codec.split(";");
        if (!parts[0].trim().equals(DEFAULT_CODEC)) {
            throw new ConfigException(Place.NONE, "password-codec", "expected " + DEFAULT_CODEC + ", found '" + parts[0].trim() + "'");
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                options.put(parts[i].substring(0, equals).trim(), parts[i].substring(equals + 1).trim());
            }
        }
        String algorithm = options.getOrDefault("algorithm", "two-way");
        if (!algorithm.equals("two-way") && !algorithm.equals("one-way")) {
            throw new ConfigException(Place.NONE, "password-codec", "expected algorithm two-way or one-way, found '" + algorithm + "'");
        }
        String key = options.get("key");
        return new PasswordMask(key == null ? processKey(System::getenv) : key, algorithm.equals("one-way"));
    }

    private static String processKey(UnaryOperator<String> environment) {
        String property = System.getProperty(KEY_PROPERTY);
        String variable = environment.apply(KEY_VARIABLE);
        return property != null ? property : variable != null ? variable : DEFAULT_KEY;
    }

    /** What stands between the parentheses of {@code ENC()}; a one-way codec gives a hash. */
    public String mask(String clear) {
        if (oneWay) {
            return PasswordHash.hash(clear);
        }
        return new BigInteger(crypt(Cipher.ENCRYPT_MODE, clear.getBytes(StandardCharsets.UTF_8))).toString(16);
    }

    /**
     * The clear text of what {@link #mask} gave.
     *
     * @throws ConfigException when it was masked with another key, or isn't a mask; doesn't repeat the text
     */
    public String unmask(String masked) {
        byte[] number;
        try {
            if (masked.length() > LONGEST) {
                throw new NumberFormatException("too long");
            }
            number = new BigInteger(masked.trim(), 16).toByteArray();
        } catch (NumberFormatException noNumber) {
            throw new ConfigException(Place.NONE, "ENC(...)", "not a masked password");
        }
        byte[] padded = new byte[(number.length + BLOCK - 1) / BLOCK * BLOCK];
        java.util.Arrays.fill(padded, number[0] < 0 ? (byte) -1 : 0);
        System.arraycopy(number, 0, padded, padded.length - number.length, number.length);
        return new String(crypt(Cipher.DECRYPT_MODE, padded), StandardCharsets.UTF_8);
    }

    /** The clear text of a setting: what stands in {@code ENC()} unmasked, anything else as it is. */
    public String reveal(String setting) {
        return isMasked(setting) ? unmask(inside(setting)) : setting;
    }

    /** Whether the text is of the form {@code ENC(...)}. */
    public static boolean isMasked(String setting) {
        return setting.startsWith("ENC(") && setting.endsWith(")");
    }

    /** What stands between the parentheses. */
    static String inside(String setting) {
        return setting.substring("ENC(".length(), setting.length() - 1);
    }

    private byte[] crypt(int mode, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key);
            return cipher.doFinal(text);
        } catch (GeneralSecurityException wrong) {
            throw new ConfigException(Place.NONE, "ENC(...)", "masked with another key, or not a masked password");
        }
    }
}
