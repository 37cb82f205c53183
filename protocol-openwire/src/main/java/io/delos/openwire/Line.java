package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.spi.Connection;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * One connection's way out, and the gate of its way in; owned by the connection's loop. While the gate is held nothing more is read, and
 * what was read waits: so a question to another owner is answered before the next command is looked at.
 */
final class Line {

    private final Channel channel;
    private final Connection connection;
    private final Outbox outbox;
    private final Runnable resume;
    private WireWriter writer = new WireWriter(Wire.FIRST);
    private int holds;

    /** @param resume goes on with what waits; run when the last hold is released */
    Line(Channel channel, Connection connection, Runnable resume) {
        this.channel = channel;
        this.connection = connection;
        this.outbox = new Outbox(channel, connection.loop());
        this.resume = resume;
    }

    Connection connection() {
        return connection;
    }

    Outbox outbox() {
        return outbox;
    }

    /** The writer for this connection's encoding; each command is begun and written out before the next. */
    WireWriter writer() {
        return writer;
    }

    Wire wire() {
        return writer.wire();
    }

    void agreed(Wire wire) {
        writer = new WireWriter(wire);
    }

    /** Whether the socket takes more. */
    boolean writable() {
        return channel.isWritable();
    }

    /** Where the client has reached the broker: address and port. */
    String url() {
        return channel.localAddress() instanceof InetSocketAddress local ? local.getAddress().getHostAddress() + ":" + local.getPort() : "";
    }

    /** Bytes that must leave before the socket takes more. */
    long backlog() {
        return channel.bytesBeforeWritable();
    }

    // saying

    void say(Answer answer) {
        WireWriter out = writer.begin(answer.type());
        answer.write(out);
        out.writeTo(outbox.room(out.size() + Integer.BYTES));
        outbox.written();
    }

    void done(Command.Head head) {
        if (head.answer()) {
            say(new Answer.Done(head.id()));
        }
    }

    /** Refuses a command whose client waits for an answer; others are told nothing. */
    void refuse(Command.Head head, Problem problem) {
        if (head.answer()) {
            say(new Answer.Refused(head.id(), problem));
        }
    }

    void refuse(Command.Head head, BrokerException refusal) {
        refuse(head, OpenWireErrors.problem(refusal));
    }

    /** A reply that answers this command, if its client waits for that. */
    <T> Reply<T> answering(Command.Head head) {
        return !head.answer() ? Reply.ignored() : Reply.of(result -> done(head), refusal -> refuse(head, refusal));
    }

    // the gate

    boolean held() {
        return holds > 0;
    }

    void hold() {
        holds++;
        connection.pauseReading(true);
    }

    void release() {
        holds--;
        connection.pauseReading(false);
        if (holds == 0) {
            resume.run();
        }
    }

    /** Holds the gate until the answer has come. */
    <T> Reply<T> holding(Reply<T> answer) {
        hold();
        return Reply.of(result -> {
            answer.done(result);
            release();
        }, refusal -> {
            answer.failed(refusal);
            release();
        });
    }
}
