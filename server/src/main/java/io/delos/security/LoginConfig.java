package io.delos.security;

import io.delos.config.ConfigException;
import io.delos.config.Place;
import io.delos.config.Substitution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The text of login.config, in the format of JAAS: named entries, each a list of modules with a flag and options. Immutable.
 *
 * @param entries by name
 */
public record LoginConfig(Map<String, List<Module>> entries) {
    public LoginConfig {
        entries = Map.copyOf(entries);
    }

    /** What a module's answer means for the login as a whole. */
    enum Flag { REQUIRED, REQUISITE, SUFFICIENT, OPTIONAL }

    /** One module of an entry. */
    record Module(String className, Flag flag, Map<String, String> options) {
        boolean isTrue(String option) {
            return "true".equalsIgnoreCase(options.getOrDefault(option, "false"));
        }
    }

    /** @throws ConfigException when the file can't be read or isn't in the format, with file and line */
    public static LoginConfig read(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            return parse(name, Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new ConfigException(new Place(name, 0), "", "can't be read: " + unreadable);
        }
    }

    static LoginConfig parse(String name, String text) {
        return new LoginConfig(new Text(name, text).entries());
    }

    /** Walks over the text once. */
    private static final class Text {
        private final String file;
        private final String text;
        private final Substitution properties = Substitution.ofProcess();
        private int at;
        private int line = 1;

        private Text(String file, String text) {
            this.file = file;
            this.text = text;
        }

        private Map<String, List<Module>> entries() {
            Map<String, List<Module>> entries = new LinkedHashMap<>();
            for (String name = word(); !name.isEmpty(); name = word()) {
                expect("{");
                List<Module> modules = new ArrayList<>();
                for (String className = word(); !className.equals("}"); className = word()) {
                    modules.add(module(className));
                }
                accept(";");
                if (entries.put(name, List.copyOf(modules)) != null) {
                    throw wrong(name, "an entry's name may be used once");
                }
            }
            return entries;
        }

        private Module module(String className) {
            String flag = word();
            Map<String, String> options = new LinkedHashMap<>();
            while (!accept(";")) {
                String option = word();
                expect("=");
                options.put(option, properties.apply(word()));
                if (at >= text.length()) {
                    throw wrong(className, "expected ';' after the options of the module");
                }
            }
            try {
                return new Module(className, Flag.valueOf(flag.toUpperCase(Locale.ROOT)), Map.copyOf(options));
            } catch (IllegalArgumentException unknown) {
                throw wrong(className, "expected required, requisite, sufficient or optional, found '" + flag + "'");
            }
        }

        private void expect(String symbol) {
            if (!accept(symbol)) {
                throw wrong("", "expected '" + symbol + "', found '" + word() + "'");
            }
        }

        private boolean accept(String symbol) {
            skip();
            boolean found = text.startsWith(symbol, at);
            at += found ? symbol.length() : 0;
            return found;
        }

        /** A symbol, a quoted text or a bare word; empty at the end. */
        private String word() {
            skip();
            if (at >= text.length()) {
                return "";
            }
            char c = text.charAt(at);
            if (c == '"') {
                return quoted();
            }
            int start = at++;
            if ("{};=".indexOf(c) < 0) {
                while (at < text.length() && "{};=\"".indexOf(text.charAt(at)) < 0 && !Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
            }
            return text.substring(start, at);
        }

        private String quoted() {
            StringBuilder content = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                boolean escaped = text.charAt(at) == '\\' && at + 1 < text.length();
                at += escaped ? 1 : 0;
                content.append(text.charAt(at));
            }
            if (at >= text.length()) {
                throw wrong("", "a quote isn't closed");
            }
            at++;
            return content.toString();
        }

        private void skip() {
            while (at < text.length()) {
                if (Character.isWhitespace(text.charAt(at))) {
                    line += text.charAt(at++) == '\n' ? 1 : 0;
                } else if (text.startsWith("/*", at)) {
                    skipTo("*/");
                } else if (text.startsWith("//", at) || text.charAt(at) == '#') {
                    skipTo("\n");
                } else {
                    return;
                }
            }
        }

        private void skipTo(String end) {
            int found = text.indexOf(end, at);
            int stop = found < 0 ? text.length() : found + end.length();
            for (; at < stop; at++) {
                line += text.charAt(at) == '\n' ? 1 : 0;
            }
        }

        private ConfigException wrong(String element, String expectation) {
            return new ConfigException(new Place(file, line), element, expectation);
        }
    }
}
