package io.delos.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Compares with verdicts recorded from a running Artemis 2.56. Each line of the file is a verdict, a tab, and a selector in which
 * {@code \n \t \r \f \v \0 \x} stand for control characters. The verdict is {@code I} for an invalid filter, else a number with
 * one bit for each of the three messages below that passed.
 */
class SelectorVerdictsTest {
    private static final Map<String, Object> RICH = rich();
    private static final Map<String, Object> POOR = Map.of("i", -1, "s", "ABC");
    private static final Map<String, Object> ODD = odd();

    @Test
    void answersAsTheRecordedBroker() throws IOException {
        List<String> differences = new ArrayList<>();
        List<String> lines = lines();
        assertThat(lines).hasSizeGreaterThan(2000);
        for (String line : lines) {
            int tab = line.indexOf('\t');
            String verdict = verdict(unescaped(line.substring(tab + 1)));
            if (!verdict.equals(line.substring(0, tab))) {
                differences.add(verdict + " instead of " + line);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String verdict(String text) {
        try {
            Selector selector = Selector.parse(text);
            int bits = (selector.matches(RICH::get) ? 1 : 0) + (selector.matches(POOR::get) ? 2 : 0) + (selector.matches(ODD::get) ? 4 : 0);
            return String.valueOf(bits);
        } catch (InvalidSelectorException invalid) {
            return "I";
        }
    }

    private static List<String> lines() throws IOException {
        try (var file = SelectorVerdictsTest.class.getResourceAsStream("verdicts.txt")) {
            return List.of(new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        }
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\f", "\f").replace("\\0", "\0")
            .replace("\\v", "\u000b").replace("\\x", "\u00a0");
    }

    private static Map<String, Object> rich() {
        Map<String, Object> message = new HashMap<>(Map.of("i", 5, "l", 5000000000L, "d", 2.5, "s", "abc", "b", true, "y", (byte) 7,
            "h", (short) -3, "f", 1.5f, "n", "5", "e", ""));
        message.putAll(Map.of("pct", "50%_x", "z", 0, "c", false, "g", 1.1f, "j", 16777217, "k", 16777216f, "o", Long.MAX_VALUE,
            "yy", (byte) -128, "hh", Short.MAX_VALUE, "imax", Integer.MAX_VALUE));
        message.putAll(Map.of("imin", Integer.MIN_VALUE, "lmin", Long.MIN_VALUE, "t", "abd", "esc", "5!0", "w", "a\nb", "u", "é日",
            "ch", 'q', "by", new byte[] {1, 2}, "st", " true", "nl", "5000000000"));
        message.putAll(Map.of("nd", "2.5", "nh", "0x5", "emo", "😀", "l24", 16777217L, "k9", 9.223372036854775807e18f,
            "inf", "Infinity", "f7", 7f, "d7", 7.0, "h7", (short) 7, "i7", 7));
        message.put("l7", 7L);
        return message;
    }

    private static Map<String, Object> odd() {
        return Map.of("i", 5.0, "s", 5, "b", "true", "d", "2.5", "l", 3, "i-j", "x", "z", 0L, "n", "1e3", "e", " 7 ");
    }
}
