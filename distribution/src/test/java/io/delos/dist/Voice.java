package io.delos.dist;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** A client of one protocol that says all its protocol can say of a message, and tells what it hears. One thread uses it. */
interface Voice extends AutoCloseable {

    /** Waits this long for what has been sent. */
    int PATIENCE_MILLIS = 60_000;
    /** Scheduled messages are to wait so long. */
    long DELAY_MILLIS = 100;
    /** Messages that expire do so after so long. */
    long TEN_MINUTES = 600_000;

    /** How many different messages it sends. */
    int samples();

    /** Sends one of them, and returns when the broker has it; what it says, in the order of the document. */
    List<Said> say(Place place, int sample) throws Exception;

    /** Returns when everything sent to the place from now on reaches {@link #hear}. */
    void listen(Place place) throws Exception;

    /** What the next message of the place last listened to says, by trait. */
    Map<String, String> hear() throws Exception;

    /**
     * Takes a message, gives it back as one attempt spent, and takes it again.
     *
     * @param saying has it sent
     * @return how often it has been delivered, as its first and as its second delivery tell
     */
    String hearTwice(Place place, Callable<?> saying) throws Exception;

    /** Correlation ids of all kinds that the protocol has. */
    List<Object> correlations();

    /** Asks at a place, with one of these correlation ids, to be answered where it hears of it: {@link #hearAnswer}. */
    void ask(Place place, Object correlation) throws Exception;

    /** Takes the next question at the place last listened to and sends an answer where it asks for it, with its correlation id. */
    void answer(String text) throws Exception;

    /** What came for the last question: its correlation id, in the words of {@link Form}, and its text, parted by a space. */
    String hearAnswer() throws Exception;

    @Override
    void close() throws Exception;
}
