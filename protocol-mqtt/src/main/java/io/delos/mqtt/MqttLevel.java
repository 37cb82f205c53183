package io.delos.mqtt;

/** The versions of MQTT, in their order. */
enum MqttLevel {
    V3_1(3, "MQTT"),
    V3_1_1(4, "MQTT"),
    V5(5, "MQTT5");

    private final int number;
    private final String title;

    MqttLevel(int number, String title) {
        this.number = number;
        this.title = title;
    }

    /** The level with the number that CONNECT carries; the decoder lets no other through. */
    static MqttLevel of(int number) {
        return number == 3 ? V3_1 : number == 4 ? V3_1_1 : V5;
    }

    /** The protocol's name as management shows it. */
    String title() {
        return title;
    }

    int number() {
        return number;
    }
}
