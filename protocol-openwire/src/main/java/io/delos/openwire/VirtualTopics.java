package io.delos.openwire;

import java.util.ArrayList;
import java.util.List;

/** Queues that are subscriptions by their names (section 6): {@code Consumer.A.VirtualTopic.T} takes from the topic {@code VirtualTopic.T}. */
record VirtualTopics(List<Rule> rules) {

    /** How ActiveMQ Classic has it unless told otherwise. */
    static final String USUAL = "Consumer.*.VirtualTopic.>;2";

    private static final String PATH = "\\.";

    /** One pattern, and how many words stand before the topic's name. */
    record Rule(List<String> words, int skip) {

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
            if (skip < 0) {
                throw new IllegalArgumentException(wrong(text));
            }
            return new Rule(List.of(parts[0].split(PATH)), skip);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException noNumber) {
            throw new IllegalArgumentException(wrong(text), noNumber);
        }
    }

    private static String wrong(String text) {
        return "virtualTopicConsumerWildcards: expected a pattern, ';' and a number of words, not " + text;
    }

    /** The topic's address and the queue on it, as an FQQN; the name itself if it is an ordinary queue's. */
    String resolve(String name) {
        if (rules.isEmpty() || name.contains("::")) {
            return name;
        }
        String[] words = name.split(PATH);
        for (Rule rule : rules) {
            if (words.length > rule.skip() && rule.matches(words)) {
                return String.join(".", List.of(words).subList(rule.skip(), words.length)) + "::" + name;
            }
        }
        return name;
    }
}
