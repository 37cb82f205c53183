package io.delos.mqtt;

/** The versions of MQTT, in their order. */
enum MqttLevel {
    V3_1(3, "MQTT", "3.1"),
    V3_1_1(4, "MQTT", "3.1.1"),
    V5(5, "MQTT5", "5.0");

    private final int number;
    private final String title;
    private final String version;

    MqttLevel(int number, String title, String version) {
        this.number = number;
        this.title = title;
        this.version = version;
    }

    /** The level with the number that CONNECT carries; the decoder lets no other through. */
    static MqttLevel of(int number) {
        return number == 3 ? V3_1 : number == 4 ? V3_1_1 : V5;
    }

    /** The protocol's name as management shows it. */
    String title() {
        return title;
    }

    /** As the specifications are called. */
    String version() {
        return version;
    }

    int number() {
        return number;
    }
}
