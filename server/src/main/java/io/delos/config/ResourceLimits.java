package io.delos.config;

/** How much one user may have at once ({@code resource-limit-setting}); the match is the user's exact name. */
public record ResourceLimits(
    @Setting(name = "max-connections", alias = "max-sessions", value = "-1", text = "sessions of the user; -1 any number") int maxSessions,
    @Setting(name = "max-queues", value = "-1", text = "queues the user may have made; -1 any number") int maxQueues) {
}
