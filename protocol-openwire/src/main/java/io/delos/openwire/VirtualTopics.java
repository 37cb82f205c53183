package io.delos.openwire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Queues that are subscriptions by their names (section 6): {@code Consumer.A.VirtualTopic.T} takes from the topic {@code VirtualTopic.T}. */
record VirtualTopics(List<Rule> rules) {

    /** How ActiveMQ Classic has it unless told otherwise. */
    static final String USUAL = "Consumer.*.VirtualTopic.>;2";

    private static final String PATH = "\\.";
    private static final String AWARE = "selectorAware=";

    /**
     * One pattern, how many words stand before the topic's name, and whether a queue keeps only what its first consumer wants.
     *
     * @param beginning what all matching names begin with
     */
    record Rule(List<String> words, int skip, boolean selectorAware, String beginning) {

        Rule(List<String> words, int skip) {
            this(words, skip, false, "");
        }

        boolean matches(String[] name) {
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.equals(">")) {
                    return true;
                }
                if (i == name.length || !word.equals("*") && !word.equals(name[i])) {
                    return false;
                }
            }
            return name.length == words.size();
        }
    }

    /** IllegalArgumentException with a sentence if the text is wrong. */
    static VirtualTopics parse(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String rule : text.split(",")) {
            if (!rule.isBlank()) {
                rules.add(rule(rule.trim()));
            }
        }
        return new VirtualTopics(List.copyOf(rules));
    }

    private static Rule rule(String text) {
        String[] parts = text.split(";");
        try {
            int skip = Integer.parseInt(parts[1].trim());
            String more = parts.length == 3 ? parts[2].trim() : AWARE + false;
            if (skip < 0 || parts.length > 3 || !more.equals(AWARE + false) && !more.equals(AWARE + true)) {
                throw new IllegalArgumentException(wrong(text));
            }
            List<String> words = List.of(parts[0].split(PATH));
            String literal = String.join(".", words.stream().takeWhile(word -> !word.equals("*") && !word.equals(">")).toList());
            return new Rule(words, skip, more.equals(AWARE + true), literal);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException noNumber) {
            throw new IllegalArgumentException(wrong(text), noNumber);
        }
    }

    private static String wrong(String text) {
        return "virtualTopicConsumerWildcards: expected a pattern, ';', a number of words and perhaps ';selectorAware=true', not " + text;
    }

    /** What a name means: a queue on a topic's address. */
    record Meant(String address, String queue, boolean selectorAware) {
        String qualified() {
            return address + "::" + queue;
        }
    }

    /** What a queue's name means; empty if it is an ordinary queue's. */
    Optional<Meant> meaning(String name) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (name.startsWith(rule.beginning()) && !name.contains("::")) {
                String[] words = name.split(PATH);
                if (words.length > rule.skip() && rule.matches(words)) {
                    return Optional.of(new Meant(String.join(".", List.of(words).subList(rule.skip(), words.length)), name, rule.selectorAware()));
                }
            }
        }
        return Optional.empty();
    }
}
