package io.delos.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The load's own process. Reads a command per line and answers each with a line that begins with {@link #ANSWER}; ends with its input.
 * Commands: {@code row NAME PID RUN WARMUP SECONDS [LIBRARY EVENT FILE]}, {@code fill NAME PID RUN COUNT}, {@code drain NAME PID RUN COUNT}.
 */
final class LoadMain {
    static final String ANSWER = "= ";
    private final int port;
    private final int stompPort;
    private Optional<Watched> watched = Optional.empty();

    private LoadMain(int port, int stompPort) {
        this.port = port;
        this.stompPort = stompPort;
    }

    public static void main(String[] args) throws IOException {
        LoadMain load = new LoadMain(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(ANSWER + load.answer(line.split(" ")).line());
        }
        System.exit(0);
    }

    private Figures answer(String[] command) {
        try {
            long pid = Long.parseLong(command[2]);
            int run = Integer.parseInt(command[3]);
            Optional<LightRow> light = LightRow.named(command[1]);
            if (light.isPresent()) {
                return LightFlow.measure(light.get(), light.get() instanceof StompRow ? stompPort : port, watch(pid), run, profiler(command), Double.parseDouble(command[4]),
                        Double.parseDouble(command[5]));
            }
            Row row = Row.named(command[1]);
            return switch (command[0]) {
                case "row" -> new Flow(wire(row), row, watch(pid), run, profiler(command))
                        .measure(Double.parseDouble(command[4]), Double.parseDouble(command[5]));
                case "fill" -> Backlog.fill(wire(row), row, new Proc(pid), run, Integer.parseInt(command[4]));
                case "drain" -> Backlog.drain(wire(row), row, new Proc(pid), run, Integer.parseInt(command[4]));
                default -> Figures.failed("unknown command " + command[0]);
            };
        } catch (Exception e) {
            return Figures.failed(e.toString());
        }
    }

    /** The broker's process; a broker that was restarted has another. */
    private Watched watch(long pid) {
        if (watched.isEmpty() || watched.get().proc().pid() != pid) {
            watched.ifPresent(Watched::close);
            watched = Optional.of(Watched.of(pid));
        }
        return watched.get();
    }

    private static Optional<Profiler> profiler(String[] command) {
        return command.length < 9 ? Optional.empty()
                : Optional.of(new Profiler(Long.parseLong(command[2]), command[6], command[7], command[8]));
    }

    private Wire wire(Row row) {
        return switch (row.protocol()) {
            case CORE -> JmsWire.core(port);
            case AMQP -> JmsWire.amqp(port);
            case MQTT -> new MqttWire(port);
            case OPENWIRE -> JmsWire.openWire(port, row);
        };
    }
}
