package io.delos.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Begins two sessions and attaches a link in each, in bytes made by hand (AMQP 1.0, parts 1.6, 2.7 and 3.5). Stateless. */
final class AmqpLinks {
    private static final int BEGIN = 0x11;
    private static final int ATTACH = 0x12;
    private static final int FLOW = 0x13;
    private static final int SOURCE = 0x28;
    private static final int TARGET = 0x29;
    private static final byte[] NULL = {0x40};
    private static final byte[] TRUE = {0x41};
    private static final byte[] FALSE = {0x42};
    private static final byte[] ZERO = {0x43};
    private static final byte[] WINDOW = {0x70, 0, 0, 8, 0};
    private static final byte[] QUEUE = Greeting.value(0xA3, "queue".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] ADDRESS = Greeting.value(0xA1, "bench.linked".getBytes(StandardCharsets.US_ASCII));

    private AmqpLinks() {
    }

    static void make(DataOutputStream out, DataInputStream in) throws IOException {
        byte[] begin = described(BEGIN, NULL, ZERO, WINDOW, WINDOW);
        byte[] source = described(SOURCE, ADDRESS, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, QUEUE);
        byte[] target = described(TARGET, ADDRESS, NULL, NULL, NULL, NULL, NULL, QUEUE);
        frame(out, 0, begin);
        frame(out, 1, begin);
        frame(out, 0, described(ATTACH, Greeting.value(0xA1, new byte[] {'s'}), ZERO, FALSE, NULL, NULL, described(SOURCE), target, NULL, NULL, ZERO));
        frame(out, 1, described(ATTACH, Greeting.value(0xA1, new byte[] {'r'}), ZERO, TRUE, NULL, NULL, source, described(TARGET)));
        out.flush();
        int attached = 0;
        boolean credit = false;
        while (attached < 2 || !credit) {
            int performative = Greeting.performative(in);
            Greeting.require(performative == BEGIN || performative == ATTACH || performative == FLOW, "sessions and links");
            attached += performative == ATTACH ? 1 : 0;
            credit |= performative == FLOW;
        }
    }

    private static byte[] described(int code, byte[]... fields) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            list.writeBytes(field);
        }
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(new byte[] {0, 0x53, (byte) code, (byte) 0xC0, (byte) (list.size() + 1), (byte) fields.length});
        value.writeBytes(list.toByteArray());
        return value.toByteArray();
    }

    private static void frame(DataOutputStream out, int channel, byte[] body) throws IOException {
        out.writeInt(8 + body.length);
        out.writeShort(0x0200);
        out.writeShort(channel);
        out.write(body);
    }
}
