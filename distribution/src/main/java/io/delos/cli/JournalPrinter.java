package io.delos.cli;

import io.delos.journal.CheckpointReader;
import io.delos.journal.Scanner;
import io.delos.message.Message;
import io.delos.store.BodyFiles;
import io.delos.store.Fact;
import io.delos.store.Shelving;
import io.delos.store.Staging;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** Prints a journal record by record, and what the scan found damaged. */
final class JournalPrinter {

    private static final int SHOWN_BYTES = 200;
    /** The section of a checkpoint with addresses, queues and what else is remembered. */
    private static final String FACTS = "facts";

    private final PrintStream out;
    private final Path directory;
    private final boolean safe;
    private boolean told;

    /** Leaves out the bytes of messages when {@code safe}. */
    JournalPrinter(PrintStream out, Path directory, boolean safe) {
        this.out = out;
        this.directory = directory;
        this.safe = safe;
    }

    void title(String title) {
        out.println();
        out.println(Stars.LINE);
        out.println(title);
        out.println(Stars.LINE);
        out.println("Journal path: " + directory);
    }

    /** Prints addresses and queues. */
    Scanner.Visitor bindings() {
        return new Pass() {
            @Override
            boolean wants(Fact fact) {
                return isBinding(fact);
            }
        };
    }

    /** Prints everything else. */
    Scanner.Visitor messages() {
        return new Pass() {
            @Override
            boolean wants(Fact fact) {
                return !isBinding(fact);
            }
        };
    }

    private static boolean isBinding(Fact fact) {
        return fact instanceof Fact.Address || fact instanceof Fact.AddressGone || fact instanceof Fact.Queue || fact instanceof Fact.QueueGone;
    }

    private abstract class Pass implements Scanner.Visitor {

        abstract boolean wants(Fact fact);

        @Override
        public void checkpoint(String file, CheckpointReader checkpoint) throws IOException {
            out.println("#Checkpoint: (" + file + " position=" + checkpoint.position() + ", replayFrom=" + checkpoint.replayFrom() + ")");
            checkpoint.sections((name, content) -> {
                if (name.equals(FACTS)) {
                    saved(new DataInputStream(content));
                }
            });
        }

        private void saved(DataInputStream in) throws IOException {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                byte type = in.readByte();
                int length = in.readInt();
                byte[] payload = in.readNBytes(length);
                print("saved@", -1, type, ByteBuffer.wrap(payload), "");
            }
        }

        @Override
        public void segment(String file, UUID store, int epoch, long base, int capacity) {
            tell(store);
            out.println("#Segment: (" + file + " base=" + base + ", epoch=" + epoch + ") (size=" + capacity + ")");
        }

        @Override
        public void sparse(String file, UUID store, long base, long limit, long records) {
            tell(store);
            out.println("#Segment: (" + file + " base=" + base + ", limit=" + limit + ", sparse) (records=" + records + ")");
        }

        @Override
        public void superseded(String file) {
            out.println("#Segment: (" + file + ") another file holds what was needed of it");
        }

        private void tell(UUID store) {
            if (!told) {
                told = true;
                out.println("Server's ID=" + store);
            }
        }

        @Override
        public void record(long position, byte type, ByteBuffer payload, boolean lastOfUnit) {
            print("operation@AddRecord;recordID=" + position + ";", position, type, payload.duplicate(), "lastOfUnit=" + lastOfUnit + ";");
        }

        private void print(String before, long position, byte type, ByteBuffer payload, String after) {
            try {
                Fact fact = Fact.read(type, payload);
                if (wants(fact)) {
                    out.println(before + "userRecordType=" + type + ";" + after + text(fact));
                }
            } catch (IllegalStateException | BufferUnderflowException | IllegalArgumentException e) {
                damaged("", position, "a record of type " + type + " that is none of ours: " + e.getMessage());
            }
        }

        @Override
        public void unused(String file) {
            out.println("#Segment: (" + file + ") prepared, not used yet");
        }

        @Override
        public void torn(String file, long offset, String what) {
            out.println("#End: (" + file + ") at " + offset + ": " + what);
        }

        @Override
        public void noticed(String file, long offset, String what) {
            out.println("#Noticed: (" + file + ") at " + offset + ": " + what);
        }

        @Override
        public void damaged(String file, long offset, String what) {
            out.println("#Damaged: (" + file + ") at " + offset + ": " + what);
        }
    }

    private String text(Fact fact) {
        if (fact instanceof Fact.Enqueued enqueued) {
            Message message = enqueued.message();
            return "Enqueued[address=" + message.address() + ", queues=" + Arrays.toString(enqueued.queues()) + ", format=" + message.format()
                    + ", priority=" + message.priority() + ", expiration=" + message.expiration() + ", timestamp=" + message.timestamp()
                    + (message.large() ? ", file=" + BodyFiles.name(message.body().file()) + ", length=" + message.body().length() : "")
                    + ", bytes=" + message.bytes().length + (safe ? "" : ", body=" + shown(message.bytes())) + "]";
        }
        if (fact instanceof Fact.Settled settled) {
            return "Settled[queue=" + settled.queue() + ", positions=" + Arrays.toString(settled.positions()) + "]";
        }
        if (fact instanceof Staging.Sent sent) {
            return "Staged[transaction=" + sent.transaction() + ", " + text(sent.what()) + "]";
        }
        if (fact instanceof Staging.Ended ended) {
            return "StagedSettled[transaction=" + ended.transaction() + ", " + text(ended.what()) + "]";
        }
        if (fact instanceof Shelving.Shelved shelved) {
            return "Shelved[key=" + shelved.key() + ", bytes=" + shelved.value().length + "]";
        }
        if (fact instanceof Fact.Remembered remembered) {
            return "Remembered[key=" + remembered.key() + ", bytes=" + remembered.value().length + "]";
        }
        return fact.toString();
    }

    /** The beginning of the bytes, as far as they are text. */
    private static String shown(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, SHOWN_BYTES), StandardCharsets.UTF_8);
        return text.replaceAll("[^\\p{Print}\\p{L}]+", ".") + (bytes.length > SHOWN_BYTES ? "..." : "");
    }
}
