package io.delos.mqtt;

import io.delos.broker.Reply;

/**
 * One way to prove in several steps who one is (MQTT 5, 4.12); made for one login. Called on the connection's loop. A refusal it answers
 * with ends the login.
 */
interface AuthMethod {

    /**
     * What the client is answered.
     *
     * @param complete whether it is logged in; otherwise it has to say more
     */
    record Step(boolean complete, byte[] data) { }

    /** Takes what the client says next; answered once, before the next may come. */
    void take(byte[] said, Reply<Step> answer);
}
