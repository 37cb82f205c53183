package io.delos.transport;

import io.delos.loop.Fatal;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Owned by the channel's loop: the end of a pipeline, where faults arrive that nobody took. Each costs its own channel. What the peer or
 * the network did is one line; a fault of ours is logged whole.
 */
final class LastResort extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LogManager.getLogger(LastResort.class);

    private static final FewLines ENDS = new FewLines(System::nanoTime);

    private static final int LONGEST = 200;
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

    private final Arrival arrival;

    LastResort(Arrival arrival) {
        this.arrival = arrival;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        arrival.fail(fault);
    }

    static void report(String remoteAddress, Throwable fault) {
        if (Fatal.isDirectMemory(fault)) {
            ENDS.line("Closing the connection from " + remoteAddress + ": there is no direct memory for it (" + fault.getMessage() + ")")
                    .ifPresent(LOG::warn);
        } else if (fault instanceof IOException || fault instanceof DecoderException) {
            LOG.warn("Closing the connection from {}: {}", remoteAddress, sentence(fault));
            LOG.debug("Fault on the connection from {}", remoteAddress, fault);
        } else {
            LOG.error("A fault of the broker closes the connection from {}", remoteAddress, fault);
        }
    }

    /** What went wrong, in one line that stays short and printable whatever the peer had sent. */
    static String sentence(Throwable fault) {
        Throwable cause = fault instanceof DecoderException && fault.getCause() != null ? fault.getCause() : fault;
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String brief = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return CONTROLS.matcher(brief).replaceAll("?");
    }
}
