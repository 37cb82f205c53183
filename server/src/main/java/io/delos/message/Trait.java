package io.delos.message;

/** What a message says of itself, as far as a translation may have to drop it (docs/interop.md). */
public enum Trait {
    MESSAGE_ID("message id"), CORRELATION_ID("correlation id"), REPLY_TO("reply-to"), TYPE("type"), CONTENT_TYPE("content type"),
    PRIORITY("priority"), GROUP("group"), USER_ID("user id"), PROPERTY("property");

    private final String shown;

    Trait(String shown) {
        this.shown = shown;
    }

    /** As operators read it. */
    @Override
    public String toString() {
        return shown;
    }
}
