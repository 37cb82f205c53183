package io.delos.config;

/** What a divert does to the routing type of what it forwards: sets one, removes it, or leaves it. */
public enum DivertRouting { ANYCAST, MULTICAST, STRIP, PASS }
