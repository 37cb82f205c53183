package io.delos.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A path such as {@code addressSettings."a.b.#".maxSizeMessages}, split at the dots that aren't between surround marks. */
record PropertyPath(List<String> segments) {

    static PropertyPath parse(String text, String surround) {
        List<String> segments = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            if (!surround.isEmpty() && text.startsWith(surround, at)) {
                int end = text.indexOf(surround, at + surround.length());
                if (end >= 0) {
                    segments.add(text.substring(at + surround.length(), end));
                    at = end + surround.length() + 1;
                    continue;
                }
            }
            int dot = text.indexOf('.', at);
            int end = dot < 0 ? text.length() : dot;
            segments.add(text.substring(at, end));
            at = end + 1;
        }
        return new PropertyPath(segments);
    }

    int length() {
        return segments.size();
    }

    String get(int index) {
        return segments.get(index);
    }

    /** The segment as a key for comparing names of beans and of elements: {@code maxDiskUsage} and {@code max-disk-usage} are one. */
    static String normalised(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The declaration of that record whose name or alias is this bean property. */
    static Optional<Declaration> find(Class<? extends Record> settings, String bean) {
        String wanted = normalised(bean);
        for (Declaration declaration : Settings.declarations(settings)) {
            if (normalised(declaration.name()).equals(wanted)
                || declaration.aliases().stream().anyMatch(alias -> normalised(alias).equals(wanted))) {
                return Optional.of(declaration);
            }
        }
        return Optional.empty();
    }
}
