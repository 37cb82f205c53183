package io.delos.address;

import io.delos.config.AddressPattern;
import io.delos.config.WildcardSyntax;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The addresses that are patterns, by their words: which of them match a name is found without looking at the others. Owned by the control
 * loop.
 */
final class WildcardTree {

    private final WildcardSyntax syntax;
    private final String anyWords;
    private final String singleWord;
    private final Node root = new Node();

    /** What begins with the same words. */
    private static final class Node {
        private final Map<String, Node> children = new HashMap<>(2);
        private final List<AddressRecord> here = new ArrayList<>(1);

        boolean isEmpty() {
            return children.isEmpty() && here.isEmpty();
        }
    }

    WildcardTree(WildcardSyntax syntax) {
        this.syntax = syntax;
        this.anyWords = String.valueOf(syntax.anyWords());
        this.singleWord = String.valueOf(syntax.singleWord());
    }

    void add(AddressRecord pattern) {
        Node node = root;
        for (String word : AddressPattern.words(pattern.name(), syntax)) {
            node = node.children.computeIfAbsent(word, fresh -> new Node());
        }
        node.here.add(pattern);
    }

    void remove(AddressRecord pattern) {
        remove(root, AddressPattern.words(pattern.name(), syntax), pattern);
    }

    private static void remove(Node from, List<String> words, AddressRecord pattern) {
        if (words.isEmpty()) {
            from.here.remove(pattern);
            return;
        }
        Node child = from.children.get(words.get(0));
        if (child != null) {
            remove(child, words.subList(1, words.size()), pattern);
            if (child.isEmpty()) {
                from.children.remove(words.get(0));
            }
        }
    }

    /** The patterns that match a name, each once. */
    Collection<AddressRecord> matching(String name) {
        Set<AddressRecord> found = new LinkedHashSet<>();
        if (!root.children.isEmpty()) {
            collect(root, AddressPattern.words(name, syntax), 0, found);
        }
        return found;
    }

    private void collect(Node node, List<String> words, int at, Set<AddressRecord> found) {
        Node any = node.children.get(anyWords);
        if (any != null) {
            for (int next = at; next <= words.size(); next++) {
                collect(any, words, next, found);
            }
        }
        if (at == words.size()) {
            found.addAll(node.here);
            return;
        }
        Node single = node.children.get(singleWord);
        if (single != null) {
            collect(single, words, at + 1, found);
        }
        String word = words.get(at);
        Node same = node.children.get(word);
        if (same != null && same != single && same != any) {
            collect(same, words, at + 1, found);
        }
    }
}
