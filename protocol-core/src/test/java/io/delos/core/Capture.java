package io.delos.core;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Recorded conversations between real clients and a real broker: one file each, one frame per line. */
final class Capture {
    /** One recorded frame, its length included, and the version its connection had announced by then. */
    record Frame(String file, int line, boolean fromClient, byte[] bytes, int version, String comment) {
        @Override
        public String toString() {
            return file + ":" + line + " " + comment.substring(0, Math.min(60, comment.length()));
        }
    }

    private static final int SUBSCRIBE_TOPOLOGY_V2 = 113;
    private static final int CREATE_SESSION = 30;
    private static final int CREATE_SESSION_V2 = (byte) -18 & 0xFF;

    private Capture() {
    }

    static List<Frame> all() {
        List<Frame> frames = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(Capture.class.getResource("/vectors").toURI()))) {
            for (Path file : files.sorted().toList()) {
                frames.addAll(read(file));
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return frames;
    }

    private static List<Frame> read(Path file) throws IOException {
        List<Frame> frames = new ArrayList<>();
        Map<String, Integer> versions = new HashMap<>();
        int line = 0;
        for (String text : Files.readAllLines(file)) {
            line++;
            if (!text.startsWith("C>S ") && !text.startsWith("S>C ") || text.contains(" PREAMBLE ")) {
                continue;
            }
            String[] parts = text.substring(4).split(" # ", 2);
            byte[] bytes = HexFormat.of().parseHex(parts[0].trim());
            String connection = parts[1].replaceAll("^.*?conn=(\\d+) .*$", "$1");
            int version = versions.getOrDefault(connection, 0);
            frames.add(new Frame(file.getFileName().toString(), line, text.startsWith("C"), bytes, version, parts[1]));
            int announced = announced(bytes[4] & 0xFF, parts[1]);
            if (version == 0 && announced != 0) {
                versions.put(connection, announced);
            }
        }
        return frames;
    }

    private static int announced(int type, String comment) {
        return switch (type) {
            case SUBSCRIBE_TOPOLOGY_V2 -> Integer.parseInt(comment.replaceAll("^.*clientVersion=(\\d+).*$", "$1"));
            case CREATE_SESSION, CREATE_SESSION_V2 -> Integer.parseInt(comment.replaceAll("^.* version=(\\d+).*$", "$1"));
            default -> 0;
        };
    }
}
