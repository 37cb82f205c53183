package io.delos.config;

/** Which meters are exported besides the broker's own ({@code metrics}, broker.xml section 19). */
public record MetricsConfig(
    @Setting(name = "jvm-memory", value = "true", text = "heap and pools") boolean jvmMemory,
    @Setting(name = "jvm-gc", value = "false", text = "garbage collections") boolean jvmGc,
    @Setting(name = "jvm-threads", value = "false", text = "threads") boolean jvmThreads,
    @Setting(name = "netty-pool", value = "false", text = "buffer pools") boolean nettyPool,
    @Setting(name = "file-descriptors", value = "false", text = "open files") boolean fileDescriptors,
    @Setting(name = "processor", value = "false", text = "load") boolean processor,
    @Setting(name = "uptime", value = "false", text = "time since the start") boolean uptime,
    @Setting(name = "logging", value = "false", text = "log events per level") boolean logging,
    @Setting(name = "security-caches", value = "false", text = "the caches of logins and verdicts") boolean securityCaches,
    @Setting(name = "executor-services", value = "false", text = "thread pools") boolean executorServices) {

    public static final MetricsConfig DEFAULT = Settings.defaults(MetricsConfig.class);
}
