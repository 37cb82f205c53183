package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A unit of ready-made payloads that remembers where they went. Record {@code i} has type {@code i + 1}. */
public class TestUnit extends Append {
    private final List<byte[]> payloads;
    private final long[] positions;
    /** Completed with this unit when durable, with the cause when failed. */
    public final CompletableFuture<TestUnit> outcome = new CompletableFuture<>();

    public TestUnit(byte[]... payloads) {
        this.payloads = List.of(payloads);
        this.positions = new long[payloads.length];
    }

    public byte[] payload(int i) {
        return payloads.get(i);
    }

    public int count() {
        return payloads.size();
    }

    public long position(int i) {
        return positions[i];
    }

    /** Waits until durable. */
    public TestUnit await() {
        return outcome.join();
    }

    @Override
    protected int recordCount() {
        return payloads.size();
    }

    @Override
    protected int recordSize(int i) {
        return payloads.get(i).length;
    }

    @Override
    protected byte recordType(int i) {
        return (byte) (i + 1);
    }

    @Override
    protected void encodeRecord(int i, ByteBuffer target, long position) {
        target.put(payloads.get(i));
        positions[i] = position;
    }

    @Override
    protected void durable() {
        outcome.complete(this);
    }

    @Override
    protected void failed(IOException cause) {
        outcome.completeExceptionally(cause);
    }
}
