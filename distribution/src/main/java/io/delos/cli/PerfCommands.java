package io.delos.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code artemis perf …}: how much a broker can take, and how quickly. */
final class PerfCommands {

    private PerfCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("perf", "Measure a broker: client, producer, consumer.", new Client(), new Producer(), new Consumer());
    }

    private abstract static class PerfAction extends ConnectedAction {

        @Mixin
        PerfOptions options = new PerfOptions();

        /** What is counted, what is measured, and how many consumers there are. */
        abstract PerfRun begin(List<Place> places);

        /** Starts its threads. */
        abstract void start(PerfRun run, List<Place> places, Messaging sending, Messaging reading) throws InterruptedException;

        /** What consumers are connected through; the same unless something else was asked for. */
        Messaging reading(Messaging messaging) throws CliException {
            return messaging;
        }

        abstract boolean sends();

        abstract boolean receives();

        @Override
        final int perform() throws Exception {
            List<Place> places = options.places();
            PerfRun run = begin(places);
            try (Messaging messaging = connect(); Messaging reading = reading(messaging)) {
                start(run, places, messaging, reading);
                Optional<PrintStream> out = options.showLatency ? Optional.of(terminal().out()) : Optional.empty();
                run.watch(out, sends(), receives());
            }
            run.tally().summary(run.failure().isEmpty(), terminal().out());
            if (options.json != null) {
                run.tally().writeJson(options.json);
            }
            if (options.hdr != null) {
                run.tally().writeLog(options.hdr);
            }
            if (run.failure().isPresent()) {
                throw new CliException(run.failure().get().getMessage(), run.failure().get());
            }
            return DONE;
        }

        final void startProducers(PerfRun run, PerfSending sending, List<Place> places, Messaging messaging) {
            int among = places.size() * sending.producers;
            for (int i = 0; i < among; i++) {
                Place place = places.get(i % places.size());
                run.start("producer-" + i, () -> sending.run(messaging, place, among, run, options.commitInterval));
            }
        }

        final void startConsumers(PerfRun run, PerfReceiving receiving, List<Place> places, Messaging messaging) throws InterruptedException {
            for (int i = 0; i < places.size() * receiving.consumers; i++) {
                int number = i;
                Place place = places.get(i % places.size());
                run.start("consumer-" + i, () -> receiving.run(messaging, place, number, run, options.commitInterval));
            }
            run.awaitConsumers();
        }
    }

    @Command(name = "producer", description = "Produce messages as fast as it goes, or at a rate.")
    private static final class Producer extends PerfAction {

        @Mixin
        PerfSending sending = new PerfSending();

        @Override
        PerfRun begin(List<Place> places) {
            return new PerfRun(options, new PerfTally(List.of(PerfTally.Kind.SENT, PerfTally.Kind.BLOCKED, PerfTally.Kind.COMPLETED),
                    List.of(PerfTally.Time.DELAY, PerfTally.Time.SEND)), 0);
        }

        @Override
        void start(PerfRun run, List<Place> places, Messaging messaging, Messaging reading) {
            startProducers(run, sending, places, messaging);
        }

        @Override
        boolean sends() {
            return true;
        }

        @Override
        boolean receives() {
            return false;
        }
    }

    @Command(name = "consumer", description = "Consume messages as fast as they come.")
    private static final class Consumer extends PerfAction {

        @Mixin
        PerfReceiving receiving = new PerfReceiving();

        @Option(names = "--num-connections", paramLabel = "<n>", defaultValue = "1", description = "Accepted for compatibility: all consumers share a connection.")
        int connections;

        @Override
        PerfRun begin(List<Place> places) {
            return new PerfRun(options, new PerfTally(List.of(PerfTally.Kind.RECEIVED), List.of(PerfTally.Time.TRANSFER)),
                    places.size() * receiving.consumers);
        }

        @Override
        void start(PerfRun run, List<Place> places, Messaging messaging, Messaging reading) throws InterruptedException {
            startConsumers(run, receiving, places, reading);
        }

        @Override
        boolean sends() {
            return false;
        }

        @Override
        boolean receives() {
            return true;
        }
    }

    @Command(name = "client", description = "Produce messages and consume them.")
    private static final class Client extends PerfAction {

        @Mixin
        PerfSending sending = new PerfSending();

        @Mixin
        PerfReceiving receiving = new PerfReceiving();

        @Option(names = "--consumer-connections", paramLabel = "<n>", defaultValue = "1",
                description = "Accepted for compatibility: all consumers share a connection.")
        int connections;

        @Option(names = "--consumer-url", paramLabel = "<url>", description = "Where to consume. Default: as --url.")
        String consumerUrl;

        @Option(names = "--consumer-protocol", paramLabel = "<protocol>", converter = Dialect.Reader.class,
                description = "CORE or AMQP. Default: as --protocol.")
        Dialect consumerProtocol;

        @Override
        PerfRun begin(List<Place> places) {
            return new PerfRun(options, new PerfTally(List.of(PerfTally.Kind.values()), List.of(PerfTally.Time.values())),
                    places.size() * receiving.consumers);
        }

        @Override
        Messaging reading(Messaging messaging) throws CliException {
            if (consumerUrl == null && consumerProtocol == null) {
                return messaging;
            }
            String url = consumerUrl != null ? consumerUrl
                    : connection.url != null ? connection.url : LocalBroker.url(surroundings(), connection.acceptor);
            return connect(new Target(url, connection.user, connection.password, null,
                    consumerProtocol == null ? connection.protocol : consumerProtocol));
        }

        @Override
        void start(PerfRun run, List<Place> places, Messaging messaging, Messaging reading) throws InterruptedException {
            startConsumers(run, receiving, places, reading);
            startProducers(run, sending, places, messaging);
        }

        @Override
        boolean sends() {
            return true;
        }

        @Override
        boolean receives() {
            return true;
        }
    }
}
