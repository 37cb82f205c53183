package io.delos.config;

/** What is done about a slow consumer: close its connection, or tell. */
public enum SlowConsumerPolicy { KILL, NOTIFY }
