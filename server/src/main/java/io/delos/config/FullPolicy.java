package io.delos.config;

/** What happens to a send when its address, its pages or the disk are full. Not every place offers every policy. */
public enum FullPolicy { PAGE, DROP, FAIL, BLOCK }
