package io.delos.config;

/** What the number of a setting counts; a number of bytes may be written with a binary suffix such as {@code 10M}. */
public enum Unit { NONE, BYTES, NANOSECONDS, MILLISECONDS, SECONDS, DAYS, PERCENT }
