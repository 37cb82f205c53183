package io.delos.config;

/** The characters with a meaning in address patterns ({@code wildcard-addresses}), and whether messages are routed by them. */
public record WildcardSyntax(
    @Setting(name = "routing-enabled", alias = "enabled", value = "true",
        text = "whether a queue on a pattern receives what is sent to the matching addresses") boolean routingEnabled,
    @Setting(name = "delimiter", value = ".", text = "parts the words of an address") char delimiter,
    @Setting(name = "any-words", value = "#", text = "stands for any number of words, as the last word") char anyWords,
    @Setting(name = "single-word", value = "*", text = "stands for exactly one word") char singleWord) {

    public static final WildcardSyntax DEFAULT = Settings.defaults(WildcardSyntax.class);

    public WildcardSyntax {
        if (delimiter == anyWords || delimiter == singleWord || anyWords == singleWord) {
            throw new ConfigException(Place.NONE, "wildcard-addresses", "delimiter, any-words and single-word must differ");
        }
    }

    /** Whether a word of the address is a wildcard. */
    public boolean isPattern(CharSequence address) {
        int start = 0;
        for (int i = 0; i <= address.length(); i++) {
            if (i == address.length() || address.charAt(i) == delimiter) {
                if (i - start == 1 && isWildcard(address.charAt(start))) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private boolean isWildcard(char c) {
        return c == anyWords || c == singleWord;
    }
}
