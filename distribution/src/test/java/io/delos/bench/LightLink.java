package io.delos.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One light client of a load. Its {@link LightLoop} owns it: everything is called on that one's thread, what is written leaves at the end of
 * the loop's turn. It answers what comes, and counts what was sent and not yet confirmed. A broker that says no, or goes, is an
 * {@link IOException} out of the loop.
 */
abstract class LightLink {
    private static final int FIRST_ROOM = 256;
    private static final int ROOM = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Takes the messages. */
    interface Listener {
        /** The bytes may be looked at until this returns. */
        void message(ByteBuffer in, int at, int length) throws IOException;
    }

    private final LightLoop loop;
    private final SocketChannel channel;
    private final String name;
    private Listener listener = (in, at, length) -> { };
    private ByteBuffer out = ByteBuffer.allocate(FIRST_ROOM);
    private ByteBuffer rest = NOTHING;
    private boolean waiting;
    private boolean connected;
    private boolean leaving;
    private int underWay;
    private int asked;
    private long answered;

    /** @param name tells this client from others when it fails */
    LightLink(LightLoop loop, SocketChannel channel, String name) {
        this.loop = loop;
        this.channel = channel;
        this.name = name;
    }

    /** Asks for what is sent there. */
    abstract void subscribe(byte[] destination);

    /** Takes that back. */
    abstract void unsubscribe(byte[] destination);

    /** Begins a message; the caller puts a body of so many bytes into what this returns, and then says that it {@link #end ends}. */
    abstract ByteBuffer begin(byte[] destination, int body);

    /** Ends the message that was begun. */
    abstract void end(ByteBuffer out);

    /** Puts the goodbye after which the broker closes. */
    abstract void sayGoodbye();

    /** Takes each whole frame between position and limit; what is left is the beginning of one. */
    abstract void cut(ByteBuffer in) throws IOException;

    void listen(Listener to) {
        listener = to;
    }

    /** Whether the broker has let it in. */
    boolean connected() {
        return connected;
    }

    /** Messages sent and not confirmed; some never are. */
    int underWay() {
        return underWay;
    }

    /** What was asked and not answered: subscribing, unsubscribing. */
    int asked() {
        return asked;
    }

    /** What was answered. */
    long answered() {
        return answered;
    }

    /** Whether more may be put into what leaves at the end of the turn. */
    boolean hasRoom() {
        return !waiting && out.position() < ROOM;
    }

    /** Says goodbye; the broker closes then. */
    void disconnect() {
        sayGoodbye();
        leaving = true;
    }

    void close() throws IOException {
        channel.close();
    }

    /** What is to be written, with room for so many bytes more. */
    final ByteBuffer room(int bytes) {
        int needed = out.position() + bytes;
        if (needed > out.capacity()) {
            out = ByteBuffer.allocate(Math.max(needed, 2 * out.capacity())).put(out.flip());
        }
        loop.changed(this);
        return out;
    }

    /** The broker has let it in. */
    final void letIn() {
        connected = true;
    }

    /** A message is sent that will be confirmed. */
    final void sent() {
        underWay++;
    }

    /** And is. */
    final void confirmed() {
        underWay--;
    }

    final void ask() {
        asked++;
    }

    final void answer() {
        asked--;
        answered++;
    }

    /** A message has come. */
    final void received(ByteBuffer in, int at, int length) throws IOException {
        listener.message(in, at, length);
    }

    /** The socket can do something that was waited for. */
    void ready(SelectionKey key, ByteBuffer in) throws IOException {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                loop.changed(this);
            }
            if (key.isReadable()) {
                read(in);
            }
            if (key.isValid() && key.isWritable()) {
                loop.changed(this);
            }
        } catch (IOException e) {
            if (!leaving) {
                throw new IOException(name + ": " + e.getMessage(), e);
            }
            close();
        }
    }

    private void read(ByteBuffer in) throws IOException {
        in.clear().put(rest);
        rest = NOTHING;
        if (channel.read(in) < 0) {
            throw new EOFException("the broker closes");
        }
        in.flip();
        cut(in);
        if (in.remaining() == in.capacity()) {
            throw new IOException("a packet of more than " + in.capacity() + " bytes");
        }
        if (in.hasRemaining()) {
            rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
        }
    }

    /** Writes what the socket takes; the rest leaves when it takes more. */
    void flush() throws IOException {
        if (!channel.isConnected()) {
            return;
        }
        out.flip();
        channel.write(out);
        boolean before = waiting;
        waiting = out.hasRemaining();
        out.compact();
        if (waiting != before) {
            channel.keyFor(loop.selector()).interestOps(SelectionKey.OP_READ | (waiting ? SelectionKey.OP_WRITE : 0));
        }
    }
}
