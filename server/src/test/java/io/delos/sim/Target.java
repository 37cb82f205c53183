package io.delos.sim;

/** A queue as the model knows it, from one creation to its deletion. */
final class Target {
    final String name;
    final String address;
    final boolean topic;
    /** The only color its filter lets in; empty for all. */
    final String color;
    State state;
    /** How many consumers it has, how many of them are leaving, and how many it has ever had. */
    int subscribers;
    int leaving;
    int visits;
    /** Whether somebody wanted only some of its messages: then those may stand before others. */
    boolean sought;

    /** What is known of its existence. */
    enum State { COMING, THERE, GOING, ABSENT }

    Target(String name, String address, boolean topic, String color, State state) {
        this.name = name;
        this.address = address;
        this.topic = topic;
        this.color = color;
        this.state = state;
    }

    String name() {
        return name;
    }

    boolean takes(Sent sent) {
        return state != State.ABSENT && address.equals(sent.message.address()) && (color.isEmpty() || color.equals(sent.color()));
    }

    /** Whether it holds what died or expired elsewhere. */
    boolean last() {
        return name.equals(Setup.DEAD) || name.equals(Setup.OVER);
    }
}
