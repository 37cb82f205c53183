package io.delos.broker;

import java.util.Map;

/**
 * An operation asked of the management node (OASIS AMQP Management 1.0, working draft 11, §3.1). Immutable.
 *
 * @param operation  what is to be done: {@code CREATE}, {@code READ}, {@code QUERY} …, or an operation of the thing's own
 * @param type       the kind of thing it is done to; empty if that was not said
 * @param name       the thing's name; empty if that was not said
 * @param properties what else the operation's caller said in properties
 * @param body       what it is done with: texts, numbers, booleans, lists and maps of those; null for nothing
 */
public record ManagementRequest(String operation, String type, String name, Map<String, Object> properties, Object body) {

    /**
     * What became of it.
     *
     * @param status      as of HTTP: 200 and what follows for success
     * @param description a sentence for the user
     * @param properties  what else is to stand in the answer's properties
     * @param body        as of the request
     */
    public record Answer(int status, String description, Map<String, Object> properties, Object body) {

        /** Everything is as it was asked for. */
        public static Answer of(int status, Object body) {
            return new Answer(status, "OK", Map.of(), body);
        }

        /** It was not done. */
        public static Answer refusal(int status, String sentence) {
            return new Answer(status, sentence, Map.of(), Map.of());
        }
    }
}
