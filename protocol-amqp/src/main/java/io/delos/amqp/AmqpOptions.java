package io.delos.amqp;

import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.Unit;
import java.util.List;

/** What an acceptor's URL says about AMQP (AMQP document, section 1). */
public record AmqpOptions(Flow flow, Frames frames, Settlement settlement, Sasl sasl) {

    /** The same where what carries the frames takes none above this, in bytes. */
    AmqpOptions within(int frameLimit) {
        return frameLimit >= frames.maxFrameSize ? this : new AmqpOptions(flow, frames.within(frameLimit), settlement, sasl);
    }

    /** How much clients may send, and what happens when an address is full. */
    public record Flow(
        @Setting(name = "amqpCredits", value = "1000", check = Check.POSITIVE_INT, text = "messages a client's sender may have under way")
        int credits,
        @Setting(name = "amqpLowCredits", alias = "amqpMinCredits", value = "300", check = Check.NOT_NEGATIVE,
            text = "when so few are left the credit is filled up again")
        int lowCredits,
        @Setting(name = "amqpDrainOnTransientDeliveryErrors", value = "true", text = "takes a sender's credit away when its address is full")
        boolean drainWhenFull,
        @Setting(name = "amqpLinkQuiesceTimeout", value = "600000", unit = Unit.MILLISECONDS,
            text = "how long a sender may take to answer that; 0 or less for ever")
        long quiesceTimeout) {
    }

    /** Limits of frames and messages. */
    public record Frames(
        @Setting(name = "maxFrameSize", value = "131072", check = Check.POSITIVE_INT, unit = Unit.BYTES, text = "largest frame in either direction")
        int maxFrameSize,
        @Setting(name = "initialRemoteMaxFrameSize", value = "4096", check = Check.POSITIVE_INT, unit = Unit.BYTES,
            text = "what a peer takes before it has said so")
        int initialRemoteMaxFrameSize,
        @Setting(name = "maxTransfersPerDelivery", value = "65535", check = Check.POSITIVE_INT, text = "frames one message may come in")
        int maxTransfers,
        @Setting(name = "amqpMaxMessageSize", value = "-1", check = Check.POSITIVE_OR_MINUS_ONE, unit = Unit.BYTES,
            text = "larger messages are refused; -1 for no limit")
        long maxMessageSize,
        @Setting(name = "amqpMinLargeMessageSize", value = "102400", unit = Unit.BYTES,
            text = "messages of so many bytes go through files, if they are too long for the journal; -1 for none")
        int minLargeMessage,
        @Setting(name = "channelMax", value = "65535", check = Check.NOT_NEGATIVE, text = "highest channel: one less than the sessions of a connection")
        int channelMax,
        @Setting(name = "amqpIdleTimeout", value = "60000", unit = Unit.MILLISECONDS,
            text = "how long a peer may be silent; 0 or less for ever")
        int idleTimeout) {

        /** The least that AMQP allows (part 2 §2.8.19). */
        static final int LEAST_FRAME_SIZE = 512;
        private static final int MOST_CHANNELS = 65535;

        public Frames {
            maxFrameSize = Math.max(maxFrameSize, LEAST_FRAME_SIZE);
            initialRemoteMaxFrameSize = Math.max(initialRemoteMaxFrameSize, LEAST_FRAME_SIZE);
            channelMax = Math.min(channelMax, MOST_CHANNELS);
        }

        private Frames within(int frameLimit) {
            return new Frames(frameLimit, initialRemoteMaxFrameSize, maxTransfers, maxMessageSize, minLargeMessage, channelMax, idleTimeout);
        }
    }

    /** How messages are settled. */
    public record Settlement(
        @Setting(name = "amqpDuplicateDetection", value = "true", text = "drops messages whose duplicate id was seen before")
        boolean detectDuplicates,
        @Setting(name = "amqpUseModifiedForTransientDeliveryErrors", value = "false",
            text = "answers modified instead of rejected when an address is full")
        boolean modifiedWhenFull,
        @Setting(name = "amqpTreatRejectAsUnmodifiedDeliveryFailed", value = "false",
            text = "a rejected message is a failed attempt instead of a dead letter")
        boolean rejectIsFailure,
        @Setting(name = "amqpResumeTimeout", value = "60000", unit = Unit.MILLISECONDS,
            text = "how long what a link leaves unsettled is kept at most, for a client that asks for it; 0 or less for not at all")
        long resumeTimeout) {
    }

    /** How peers log in. */
    public record Sasl(
        @Setting(name = "saslMechanisms", value = "PLAIN,ANONYMOUS", text = "what is offered, in this order") List<String> mechanisms,
        @Setting(name = "saslLoginConfigScope", value = "amqp-sasl-gssapi",
            text = "the entry of login.config that SCRAM asks; without it, the one that all logins ask") String loginConfigScope) {
    }
}
