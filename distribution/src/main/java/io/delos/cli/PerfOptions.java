package io.delos.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all load tests have in common. */
final class PerfOptions {

    @Parameters(paramLabel = "<destinations>", arity = "0..*",
            description = "queue://<name> or topic://<name>; a name may be <address>::<queue>. Default: queue://TEST.")
    List<String> destinations = new ArrayList<>();

    @Option(names = "--num-destinations", paramLabel = "<n>", defaultValue = "1",
            description = "Make so many of each destination, numbered from 0 behind its name.")
    int numDestinations;

    @Option(names = "--duration", paramLabel = "<s>", defaultValue = "0", description = "Seconds, without the warmup; 0 = until interrupted.")
    int duration;

    @Option(names = "--warmup", paramLabel = "<s>", defaultValue = "0", description = "Seconds before anything counts.")
    int warmup;

    @Option(names = "--message-count", paramLabel = "<n>", defaultValue = "0", description = "Messages in all; 0 = no limit.")
    long messageCount;

    @Option(names = "--commit-interval", paramLabel = "<n>", defaultValue = "0", description = "Messages in a transaction; 0 = no transactions.")
    int commitInterval;

    @Option(names = "--show-latency", description = "Tell each second how many it were and how long they took.")
    boolean showLatency;

    @Option(names = "--json", paramLabel = "<file>", description = "Write what was measured as JSON.")
    Path json;

    @Option(names = "--hdr", paramLabel = "<file>", description = "Write what was measured as a histogram log.")
    Path hdr;

    List<Place> places() throws CliException {
        List<Place> places = new ArrayList<>();
        for (String destination : destinations.isEmpty() ? List.of("queue://TEST") : destinations) {
            Place place = Place.parse(destination);
            for (int i = 0; i < numDestinations; i++) {
                places.add(numDestinations == 1 ? place : new Place(place.name() + i, place.topic()));
            }
        }
        return places;
    }
}
