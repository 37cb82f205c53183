package io.delos.openwire;

/** An exception on the wire: the name of a class at the other side, and a sentence. The name is never looked up here. */
record Problem(String type, String sentence) {

    static final Problem NONE = new Problem("", "");

    @Override
    public String toString() {
        return type.isEmpty() ? sentence : sentence.isEmpty() ? type : type + ": " + sentence;
    }
}
