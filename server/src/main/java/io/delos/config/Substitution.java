package io.delos.config;

import java.util.function.Function;

/**
 * Replaces {@code ${name}} and {@code ${name:default}} (broker.xml section 1.2): by the system property, else the environment variable,
 * else the default, else nothing. What was put in is looked through again.
 */
public final class Substitution {
    private static final String NO_ENVIRONMENT = "org.apache.activemq.artemis.utils.considerOsEnv";
    private static final int MOST_REPLACEMENTS = 10_000;
    private static final int LONGEST = 32 << 20;

    private final Function<String, String> lookup;

    /** @param lookup value of a name, or null when there is none */
    Substitution(Function<String, String> lookup) {
        this.lookup = lookup;
    }

    /** From system properties and the environment. */
    public static Substitution ofProcess() {
        return new Substitution(name -> {
            String property = name.isEmpty() ? null : System.getProperty(name);
            boolean environment = !"false".equalsIgnoreCase(System.getProperty(NO_ENVIRONMENT));
            return property == null && environment ? System.getenv(name) : property;
        });
    }

    /** @throws ConfigException when the replacements never end */
    public String apply(String text) {
        StringBuilder result = new StringBuilder(text);
        int replaced = 0;
        int from = result.indexOf("${");
        while (from >= 0) {
            int end = result.indexOf("}", from);
            if (end < 0) {
                break;
            }
            result.replace(from, end + 1, value(result.substring(from + 2, end)));
            if (++replaced > MOST_REPLACEMENTS || result.length() > LONGEST) {
                throw new ConfigException(Place.NONE, "${...}", "a property refers to itself, or there are too many of them");
            }
            from = result.indexOf("${", Math.max(0, from - 1));
        }
        return result.toString();
    }

    private String value(String inside) {
        int colon = inside.indexOf(':');
        String name = (colon < 0 ? inside : inside.substring(0, colon)).trim();
        String found = lookup.apply(name);
        if (found != null) {
            return found;
        }
        return colon < 0 ? "" : inside.substring(colon + 1).trim();
    }
}
