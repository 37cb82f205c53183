package io.delos.dist;

/**
 * Something that a message says.
 *
 * @param about what the document calls it
 * @param key   the trait under which whoever hears it finds it; a property {@code x} is {@code p.x}
 * @param form  what is said, in the words of {@link Form}
 */
record Said(String about, String key, String form) {

    static Said of(String key, Object value) {
        return new Said(key, key, Form.of(value));
    }

    /** A body of this kind. */
    static Said body(String kind, Object value) {
        return new Said("body: " + kind, "body", Form.body(value));
    }

    static Said property(String kind, String name, Object value) {
        return new Said("property: " + kind, "p." + name, Form.of(value));
    }
}
