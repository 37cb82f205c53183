package io.delos.cli;

import picocli.CommandLine.Option;

/** Where a new broker listens. */
final class NetworkOptions {

    static final int AMQP_PORT = 5672;
    static final int STOMP_PORT = 61613;
    static final int HORNETQ_PORT = 5445;
    static final int MQTT_PORT = 1883;
    private static final int MAX_PORT = 65535;

    @Option(names = "--host", paramLabel = "<host>", description = "The host name or address to listen on. Default: 0.0.0.0.")
    String host;

    @Option(names = "--name", paramLabel = "<name>", description = "The broker's name. Default: the host.")
    String name;

    @Option(names = "--default-port", paramLabel = "<port>", defaultValue = "61616",
            description = "The port for all protocols. Default: ${DEFAULT-VALUE}.")
    int defaultPort;

    @Option(names = "--port-offset", paramLabel = "<n>", defaultValue = "0", description = "Added to every port.")
    int portOffset;

    @Option(names = "--no-amqp-acceptor", description = "Do not listen on 5672 for AMQP.")
    boolean noAmqp;

    @Option(names = "--no-stomp-acceptor", description = "Do not listen on 61613 for STOMP.")
    boolean noStomp;

    @Option(names = "--no-hornetq-acceptor", description = "Do not listen on 5445 for old HornetQ clients.")
    boolean noHornetq;

    @Option(names = "--no-mqtt-acceptor", description = "Do not listen on 1883 for MQTT.")
    boolean noMqtt;

    @Option(names = "--support-advisory", description = "Send advisory messages to OpenWire clients.")
    boolean supportAdvisory;

    @Option(names = "--suppress-internal-management-objects", description = "Hide what OpenWire needs for itself from management.")
    boolean suppressInternal;

    @Option(names = "--ping", paramLabel = "<address>", description = "An address to ping to find out whether the network is there.")
    String ping;

    void check() throws CliException {
        if (defaultPort < 1 || defaultPort + portOffset > MAX_PORT || HORNETQ_PORT + portOffset < 1
                || STOMP_PORT + portOffset > MAX_PORT || MQTT_PORT + portOffset < 1) {
            throw new CliException("--default-port " + defaultPort + " with --port-offset " + portOffset + " leaves the range 1 to " + MAX_PORT);
        }
    }

    String hostOrAny() {
        return host == null ? "0.0.0.0" : host;
    }

    String brokerName() {
        return name == null ? hostOrAny() : name;
    }
}
