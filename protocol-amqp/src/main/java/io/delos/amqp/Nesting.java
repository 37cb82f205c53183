package io.delos.amqp;

import java.nio.ByteBuffer;

/**
 * How deep values lie in one another in a performative, looked at before a decoder that follows them as far as they go is let at it. What makes
 * no sense is passed over: that decoder says so. Stateless.
 */
final class Nesting {

    private static final int MOST = 32;
    private static final int LIST32 = 0xd0;

    private final ByteBuffer bytes;
    private final int end;
    private boolean tooDeep;

    private Nesting(ByteBuffer bytes) {
        this.bytes = bytes;
        this.end = bytes.limit();
    }

    /** Whether they lie too deep. A performative whose list has its size in a byte is taken as it is: no depth in that is dangerous. */
    static boolean tooDeep(ByteBuffer frameBody) {
        int start = frameBody.position();
        boolean brief = frameBody.remaining() > 3 && frameBody.getShort(start) == 0x0053 && (frameBody.get(start + 3) & 0xff) != LIST32;
        if (brief) {
            return false;
        }
        Nesting walk = new Nesting(frameBody);
        walk.value(start, 0);
        return walk.tooDeep;
    }

    /** Steps over the value at a place; where the next one begins. */
    private int value(int at, int depth) {
        if (tooDeep || depth > MOST || at >= end) {
            tooDeep |= depth > MOST;
            return end;
        }
        int code = u8(at);
        return code == 0 ? value(value(at + 1, depth + 1), depth + 1) : content(code, at + 1, depth);
    }

    /** The same behind the constructor. */
    private int content(int code, int at, int depth) {
        switch (code >>> 4) {
            case 0x4: return at;
            case 0x5: return at + 1;
            case 0x6: return at + 2;
            case 0x7: return at + 4;
            case 0x8: return at + 8;
            case 0x9: return at + 16;
            case 0xa: return after(at, 1);
            case 0xb: return after(at, 4);
            case 0xc: return compound(at + 2, after(at, 1), depth);
            case 0xd: return compound(at + 8, after(at, 4), depth);
            case 0xe: return array(at + 2, after(at, 1), depth);
            case 0xf: return array(at + 8, after(at, 4), depth);
            default: return end;
        }
    }

    private int compound(int first, int last, int depth) {
        int at = first;
        while (at < last && !tooDeep) {
            at = value(at, depth + 1);
        }
        return last;
    }

    private int array(int constructor, int last, int depth) {
        int at = constructor;
        while (at < last && u8(at) == 0) {
            at = value(at + 1, depth + 1);
        }
        if (at >= last) {
            return last;
        }
        int code = u8(at++);
        while (at < last && code >= 0x50 && !tooDeep) {
            tooDeep = depth >= MOST;
            at = content(code, at, depth + 1);
        }
        return last;
    }

    /** Where something of variable width ends whose size stands here. */
    private int after(int at, int width) {
        if (at + width > end) {
            return end;
        }
        int size = width == 1 ? u8(at) : bytes.getInt(at);
        return size < 0 || size > end - at - width ? end : at + width + size;
    }

    private int u8(int at) {
        return bytes.get(at) & 0xff;
    }
}
