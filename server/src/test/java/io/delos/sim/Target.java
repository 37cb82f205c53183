package io.delos.sim;

import java.util.HashMap;
import java.util.Map;

/** A queue as the model knows it, from one creation to its deletion. */
final class Target {
    final String name;
    final String address;
    final boolean topic;
    /** The only color its filter lets in; empty for all. */
    final String color;
    /** What it does with its messages beside queueing them. */
    final Kind kind;
    State state;
    /** Who gets the messages of which group, as far as somebody has. */
    final Map<String, Subscriber> groups = new HashMap<>();
    /** How many consumers it has, how many of them are leaving, and how many it has ever had. */
    int subscribers;
    int leaving;
    int visits;
    /** How many are just sending some of what waits here to the dead letters. */
    int condemning;
    /** Whether somebody wanted only some of its messages: then those may stand before others. */
    boolean sought;

    /** What is known of its existence. */
    enum State { COMING, THERE, GOING, ABSENT }

    /** What a queue does with its messages. */
    enum Kind { PLAIN, LAST_VALUE, RING, SHARED, GROUPS }

    Target(String name, String address, boolean topic, String color, State state) {
        this(name, address, topic, color, Kind.PLAIN, state);
    }

    Target(String name, String address, boolean topic, String color, Kind kind, State state) {
        this.kind = kind;
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
        return state != State.ABSENT && (address.equals(sent.message.address()) && (color.isEmpty() || color.equals(sent.color())) || copies(sent));
    }

    /** Whether a divert brings a copy here. */
    private boolean copies(Sent sent) {
        return name.equals(Setup.COPIES) && sent.message.address().equals("a") && sent.color().equals("red");
    }

    /** Whether it comes and goes as it is needed: whether it is there says nothing. */
    boolean appears() {
        return name.equals(Setup.APPEARING);
    }

    /** Whether what is consumed stays. */
    boolean shared() {
        return kind == Kind.SHARED;
    }

    /** Whether the arrival of one message can make another one leave. */
    boolean replaces(Sent by, Sent other) {
        return kind == Kind.RING || kind == Kind.LAST_VALUE && by != other && by.key().equals(other.key());
    }

    /** Whether it holds what died or expired elsewhere. */
    boolean last() {
        return name.equals(Setup.DEAD) || name.equals(Setup.OVER);
    }
}
