package io.delos.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.DescribedTypeConstructor;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.impl.FrameWriterBuffer;
import org.apache.qpid.proton.engine.impl.TransportImpl;

/**
 * Proton's decoder and encoder, and what frames are encoded into, one for all connections of a loop; each thread's own. Proton gives each
 * transport some hundred objects of that sort and a buffer that only grows: 14 KB for a connection that says nothing. They remember nothing
 * between frames but types, and of those none that a peer invents.
 */
final class LoopCodec {

    private static final FastThreadLocal<LoopCodec> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopCodec initialValue() {
            return new LoopCodec();
        }
    };
    private static final Field DECODER = field(TransportImpl.class, "_decoder");
    private static final Field ENCODER = field(TransportImpl.class, "_encoder");
    private static final Field INVENTED = field(EncoderImpl.class, "_describedDescriptorRegistry");
    private static final Field WRITER = field(TransportImpl.class, "_frameWriter");
    private static final Field WRITERS_ENCODER = field(WRITER.getType(), "encoder");
    private static final Field WRITERS_BUFFER = field(WRITER.getType(), "frameBuffer");

    /** So many bytes are copied sooner than written by themselves. */
    private static final int FEW = 4 << 10;

    private final Decoder decoder = new Decoder();
    private final EncoderImpl encoder = new EncoderImpl(decoder);
    private final FrameWriterBuffer buffer = new FrameWriterBuffer();
    private final List<Enclosure> enclosures = new ArrayList<>();
    /** Behind which byte of the buffer each of them comes. */
    private final List<Integer> behind = new ArrayList<>();
    private int enclosed;

    private LoopCodec() {
        AMQPDefinedTypes.registerAllTypes(decoder, encoder);
        decoder.complete = true;
        encoder.setByteBuffer(buffer);
        set(INVENTED, encoder, new Forgetful());
    }

    /** That of the thread which asks. */
    static LoopCodec get() {
        return OF_THREAD.get();
    }

    /** Proton has no other way to let transports share what they encode with. */
    private static Field field(Class<?> owner, String name) {
        try {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException other) {
            throw new IllegalStateException("this is not the version of Proton-J that the broker was made for", other);
        }
    }

    private static void set(Field field, Object owner, Object value) {
        try {
            field.set(owner, value);
        } catch (IllegalAccessException never) {
            throw new IllegalStateException(never);
        }
    }

    /** Has a transport, which has written nothing yet, write with these. */
    void lend(TransportImpl transport) {
        Object writer;
        try {
            writer = WRITER.get(transport);
        } catch (IllegalAccessException never) {
            throw new IllegalStateException(never);
        }
        set(DECODER, transport, decoder);
        set(ENCODER, transport, encoder);
        set(WRITERS_ENCODER, writer, encoder);
        set(WRITERS_BUFFER, writer, buffer);
    }

    DecoderImpl decoder() {
        return decoder;
    }

    /** Bytes that were encoded and not {@linkplain #writeTo written}. */
    int waiting() {
        return buffer.position() + enclosed;
    }

    /** Where the next frame begins, for {@link #rewind} and {@link #enclose}. */
    int mark() {
        return buffer.position();
    }

    /** Drops the frame that was encoded last. */
    void rewind(int mark) {
        buffer.position(mark);
    }

    /** Has the frame that was encoded last, and has no payload yet, end with these bytes, which stay where they are unless they are few. */
    void enclose(int mark, Enclosure payload) {
        int head = buffer.position() - mark;
        if (payload.size < FEW) {
            payload.bytes.forEach(buffer::put);
            payload.sent.run();
        } else {
            enclosures.add(payload);
            behind.add(buffer.position());
            enclosed += payload.size;
        }
        ByteBuffer.wrap(buffer.array()).putInt(mark, head + payload.size);
    }

    /** Writes all that was encoded, which must not meet another connection's. Returns how many bytes it was. */
    int writeTo(Channel channel) {
        int size = waiting();
        if (!enclosures.isEmpty()) {
            writeEnclosures(channel);
        } else if (size > 0) {
            ByteBuf frames = copy(channel, 0, size);
            discard();
            channel.write(frames, channel.voidPromise());
        }
        return size;
    }

    /** Nothing is left here when the first byte is written: that may have consequences. */
    private void writeEnclosures(Channel channel) {
        List<ByteBuf> heads = new ArrayList<>(enclosures.size() + 1);
        List<Enclosure> payloads = List.copyOf(enclosures);
        int from = 0;
        for (int end : behind) {
            heads.add(copy(channel, from, end));
            from = end;
        }
        heads.add(copy(channel, from, buffer.position()));
        discard();
        for (int i = 0; i < payloads.size(); i++) {
            channel.write(heads.get(i), channel.voidPromise());
            Enclosure payload = payloads.get(i);
            channel.write(Unpooled.wrappedBuffer(payload.bytes.toArray(ByteBuffer[]::new))).addListener(done -> payload.sent.run());
        }
        channel.write(heads.get(payloads.size()), channel.voidPromise());
    }

    private ByteBuf copy(Channel channel, int from, int end) {
        return from == end ? Unpooled.EMPTY_BUFFER : channel.alloc().ioBuffer(end - from).writeBytes(buffer.array(), from, end - from);
    }

    /** Drops what was encoded. */
    void discard() {
        buffer.position(0);
        enclosures.clear();
        behind.clear();
        enclosed = 0;
    }

    /** The payload of a frame: {@code size} bytes in some buffers; {@code sent} runs, perhaps on another thread, when they are not needed any more. */
    record Enclosure(List<ByteBuffer> bytes, int size, Runnable sent) { }

    /** Keeps no type that it was not made with. */
    private static final class Decoder extends DecoderImpl {
        private boolean complete;

        @Override
        @SuppressWarnings("rawtypes")
        public void register(Object descriptor, DescribedTypeConstructor unknown) {
            if (!complete) {
                super.register(descriptor, unknown);
            }
        }
    }

    /** What an encoder would remember of values with descriptors that it doesn't know: nothing. */
    private static final class Forgetful extends AbstractMap<Object, Object> {
        @Override
        public Object put(Object descriptor, Object type) {
            return null;
        }

        @Override
        public Set<Entry<Object, Object>> entrySet() {
            return Set.of();
        }
    }
}
