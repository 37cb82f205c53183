package io.delos.config;

/** Whether what is missing from the configuration after a reload is removed from the broker. */
public enum DeletePolicy { OFF, FORCE }
