package io.delos.bench;

/** A trial of the set {@code mqtt}, in which every broker takes part that speaks MQTT as it should. */
interface MqttTrial extends Trial {
    /** The set's name. */
    String SET = "mqtt";

    @Override
    default boolean in(String set) {
        return set.equals(SET) || set.equals(EVERY);
    }

    @Override
    default boolean suits(String side) {
        return !side.equals(Side.CLASSIC);
    }
}
