package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;

/**
 * Everything an ERROR frame may say: one place for its sentences, for what becomes of the broker's refusals, and for the versions in which the
 * connection ends with it.
 */
final class StompErrors {

    /** Nothing can follow: the stream makes no sense, nobody has come in, or a limit is reached. */
    private static final Version ALWAYS = Version.V1_0;
    /** SEND and SUBSCRIBE that can't be done: 1.1 has the connection end with these, and 1.0 says nothing. */
    private static final Version FROM_1_1 = Version.V1_1;
    /** Everything else ends it in 1.2 alone; clients of the older ones, to whom no text promises it, go on. */
    private static final Version FROM_1_2 = Version.V1_2;
    private static final int LONGEST_QUOTE = 64;
    private static final String TEXT_END = "…";

    private StompErrors() {
    }

    /** A sentence with a code: its colons are dropped in the header, where they would have to be escaped. */
    private static StompException coded(String sentence, String body, Version endsFrom) {
        return new StompException(sentence.replace(":", ""), body, endsFrom);
    }

    private static StompException coded(String sentence) {
        return coded(sentence, sentence, FROM_1_2);
    }

    // the stream

    static StompException invalidFrame(byte[] bytes, int from, int length) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < Math.min(length, LONGEST_QUOTE); i++) {
            byte b = bytes[from + i];
            quoted.append(b > ' ' && b < 0x7F ? String.valueOf((char) b) : String.valueOf(b & 0xFF)).append(',');
        }
        quoted.append(length > LONGEST_QUOTE ? TEXT_END : "");
        return coded("AMQ339023: Invalid STOMP frame: " + quoted, "AMQ339024: Invalid STOMP frame: " + quoted, ALWAYS);
    }

    static StompException undefinedEscape(byte letter) {
        String shown = letter > ' ' && letter < 0x7F ? String.valueOf((char) letter) : String.valueOf(letter & 0xFF);
        return coded("AMQ339040: Undefined escape sequence: \\" + shown, "AMQ339040: Undefined escape sequence: \\" + shown, ALWAYS);
    }

    static StompException headersTooLarge(int most) {
        return coded("AMQ339028: Headers too large", "AMQ339028: the headers of a frame may have " + most + " bytes", ALWAYS);
    }

    static StompException badContentLength(String text) {
        return coded("AMQ339023: Invalid STOMP frame: content-length", "content-length is not a length: " + quote(text), ALWAYS);
    }

    static StompException bodyTooLarge(int most) {
        return coded("AMQ339023: Invalid STOMP frame: body too large", "the body of a frame may have " + most + " bytes", ALWAYS);
    }

    static StompException noNul() {
        return coded("AMQ339023: Invalid STOMP frame: no NUL", "the body is not followed by NUL where content-length says it ends", ALWAYS);
    }

    // the connection

    static StompException notConnected() {
        return coded("AMQ339008: Connection has not been established.", "AMQ339008: Connection has not been established.", ALWAYS);
    }

    static StompException noVersionWithStomp() {
        return coded("AMQ339029: Unsupported command: STOMP", "AMQ339029: STOMP needs an accept-version header", ALWAYS);
    }

    static StompException badHeartBeat(String value) {
        return new StompException("Incorrect heartbeat header " + quote(value), "", ALWAYS);
    }

    static StompException loginRefused(String user) {
        String sentence = "Security Error occurred: User name [" + user + "] or password is invalid";
        return new StompException(sentence, sentence, ALWAYS);
    }

    static StompException silent(String remoteAddress, long millis) {
        return new StompException("AMQ229014: Did not receive data from " + remoteAddress + " within the " + millis
                + "ms connection TTL. The connection will now be closed.", "", ALWAYS);
    }

    static StompException memoryShort(BrokerException why) {
        return new StompException("The broker is short of memory", why.getMessage(), ALWAYS);
    }

    // sending

    static StompException noDestination() {
        return coded("AMQ339031: Error handling send", "SEND needs a destination", FROM_1_1);
    }

    static StompException badSend(String sentence) {
        return coded("AMQ339031: Error handling send", sentence, FROM_1_1);
    }

    static StompException sendInNoTransaction(String id) {
        return new StompException(noTransaction(id), "", FROM_1_1);
    }

    static StompException sendRefused(String destination, BrokerException refusal) {
        if (missing(refusal)) {
            return noSuchDestination(destination);
        }
        return coded("AMQ339011: Error sending message to " + destination, refusal.getMessage(), switch (refusal.reason()) {
            case UNAVAILABLE -> ALWAYS;
            // it may have room, or find a taker, the next time
            case ADDRESS_FULL, NOT_ACCEPTED -> FROM_1_2;
            default -> FROM_1_1;
        });
    }

    private static StompException noSuchDestination(String destination) {
        String sentence = "AMQ339001: Destination does not exist: " + destination;
        return coded(sentence, sentence, FROM_1_1);
    }

    private static boolean missing(BrokerException refusal) {
        return refusal.reason() == Reason.ADDRESS_NOT_FOUND || refusal.reason() == Reason.QUEUE_NOT_FOUND;
    }

    static StompException noTemporary(String name, BrokerException refusal) {
        return coded("AMQ339016: Error creating temporary destination " + name, refusal.getMessage(), FROM_1_1);
    }

    // consuming

    static StompException emptySelector() {
        return new StompException("Selector cannot be empty", "", FROM_1_1);
    }

    static StompException subscribeRefused(String destination, String key, String selector, BrokerException refusal) {
        if (missing(refusal)) {
            return noSuchDestination(destination);
        }
        if (refusal.reason() == Reason.INVALID_SELECTOR) {
            return new StompException("Invalid selector \"" + selector + "\"", refusal.getMessage(), FROM_1_1);
        }
        return coded("AMQ339016: Error creating subscription " + key, refusal.getMessage(), FROM_1_1);
    }

    static StompException nothingToBrowse(String key) {
        return badSubscribe(key, "browser:true needs a queue, and this is a topic");
    }

    static StompException badSubscribe(String key, String sentence) {
        return coded("AMQ339016: Error creating subscription " + key, sentence, FROM_1_1);
    }

    static StompException subscriptionExists(String key) {
        return new StompException("There already is a subscription for: " + key
                + ". Either use unique subscription IDs or do not create multiple subscriptions for the same destination", "", FROM_1_1);
    }

    static StompException noSubscription(String key) {
        return new StompException("Cannot unsubscribe as no subscription exists for id: " + key, "", FROM_1_2);
    }

    static StompException noIdOrDestination() {
        return coded("AMQ339035: Must specify the subscription's id or the destination you are unsubscribing from");
    }

    static StompException noSubscriptionId() {
        return coded("AMQ339037: Must specify the subscription's id");
    }

    static StompException unsubscribeRefused(String key, BrokerException refusal) {
        return new StompException("Error unsubscribing " + key, refusal.getMessage(), FROM_1_2);
    }

    static StompException consumerGone(long number) {
        String sentence = "consumer with ID " + number + " disconnected by server";
        return new StompException(sentence, sentence, FROM_1_2);
    }

    static StompException unknownMessage(String id) {
        return coded("AMQ339025: failed to ack because no message with id: " + id);
    }

    static StompException badMessageId(String id) {
        return coded("AMQ339018: Error acknowledging message " + id);
    }

    static StompException noAckId() {
        return coded("AMQ339039: No id header in ACK/NACK frame.");
    }

    static StompException otherSubscription(String given, String actual) {
        return coded("AMQ339026: subscription id " + given + " does not match " + actual);
    }

    static StompException ackRefused(String id, BrokerException refusal) {
        return coded("AMQ339018: Error acknowledging message " + id, refusal.getMessage(),
                refusal.reason() == Reason.UNAVAILABLE ? ALWAYS : FROM_1_2);
    }

    // transactions

    static StompException noTransactionToBegin() {
        return coded("AMQ339032: Need a transaction id to begin");
    }

    static StompException alreadyBegun(String id) {
        return new StompException("Transaction already started: " + id, "", FROM_1_2);
    }

    static StompException noTransactionToCommit() {
        return coded("AMQ339030: transaction header is mandatory to COMMIT a transaction");
    }

    static StompException noTransactionToAbort() {
        return coded("AMQ339033: transaction header is mandatory to ABORT a transaction");
    }

    static StompException notBegun(String id) {
        return new StompException(noTransaction(id), "", FROM_1_2);
    }

    private static String noTransaction(String id) {
        return "No transaction started: " + id;
    }

    static StompException cannotCommit(String id, String cause) {
        return coded("AMQ339013: Error committing " + id, cause, FROM_1_2);
    }

    static StompException tooMany(String what, int most) {
        return new StompException("Too many " + what, "a connection may have " + most, ALWAYS);
    }

    private static String quote(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + TEXT_END;
    }
}
