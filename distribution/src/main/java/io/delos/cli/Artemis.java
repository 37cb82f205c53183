package io.delos.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command above all others, and what they share. */
@Command(name = "artemis", description = "Makes, runs and asks message brokers.")
final class Artemis implements Callable<Integer> {

    private static final String USAGE = """

            Usage: artemis help [<args>...]
            use 'help <command>' for more information
                  [<args>...]""";

    private final Terminal terminal;
    private final Surroundings surroundings;

    @Spec
    CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    boolean help;

    private Artemis(Terminal terminal, Surroundings surroundings) {
        this.terminal = terminal;
        this.surroundings = surroundings;
    }

    /** All commands; those that need an instance only where there is one. */
    static CommandLine commandLine(Terminal terminal, Surroundings surroundings) {
        CommandLine commands = new CommandLine(new Artemis(terminal, surroundings));
        commands.addSubcommand(new HelpCommand());
        commands.addSubcommand(new VersionCommand());
        commands.addSubcommand(new PwdCommand());
        commands.addSubcommand(new ProducerCommand());
        commands.addSubcommand(new ConsumerCommand());
        commands.addSubcommand(new BrowserCommand());
        commands.addSubcommand(new TransferCommand());
        commands.addSubcommand(new MaskCommand());
        commands.addSubcommand("address", AddressCommands.group());
        commands.addSubcommand("queue", QueueCommands.group());
        commands.addSubcommand("mqtt", MqttCommands.group());
        commands.addSubcommand("check", CheckCommands.group());
        commands.addSubcommand("perf", PerfCommands.group());
        commands.addSubcommand("data", DataCommands.group());
        commands.addSubcommand(new CompletionCommand());
        commands.addSubcommand(new ShellCommand());
        if (surroundings.instance().isPresent()) {
            commands.addSubcommand("user", UserCommands.group());
            commands.addSubcommand("lock", LockCommands.group());
            commands.addSubcommand("activation", ActivationCommands.group());
            commands.addSubcommand(new RunCommand());
            commands.addSubcommand(new SignalCommands.Stop());
            commands.addSubcommand(new SignalCommands.Kill());
        } else {
            commands.addSubcommand(new CreateCommand());
            commands.addSubcommand(new UpgradeCommand());
        }
        commands.setOut(new PrintWriter(terminal.out(), true));
        commands.setErr(new PrintWriter(terminal.err(), true));
        commands.setParameterExceptionHandler(Artemis::misused);
        commands.setExecutionExceptionHandler(Artemis::failed);
        return commands;
    }

    /** A {@code run} without options; reading all commands and their options takes longer than all else before the journal. */
    static int run(Terminal terminal, Surroundings surroundings) {
        try {
            return new RunCommand().perform(new Artemis(terminal, surroundings));
        } catch (Exception e) {
            return failed(terminal, e);
        }
    }

    @Override
    public Integer call() {
        if (terminal.interactive()) {
            return ShellCommand.run(this, null, null, null);
        }
        spec.commandLine().usage(terminal.out());
        return Action.DONE;
    }

    Terminal terminal() {
        return terminal;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    private static int misused(ParameterException e, String[] args) {
        Terminal terminal = ((Artemis) e.getCommandLine().getCommandSpec().root().userObject()).terminal;
        terminal.complain(e.getMessage());
        terminal.err().println(USAGE);
        return Action.FAILED;
    }

    private static int failed(Exception e, CommandLine command, ParseResult arguments) {
        Terminal terminal = ((Artemis) command.getCommandSpec().root().userObject()).terminal;
        if (command.getCommandSpec().userObject() instanceof Action action && action.verbose) {
            e.printStackTrace(terminal.err());
        }
        return failed(terminal, e);
    }

    private static int failed(Terminal terminal, Exception e) {
        terminal.complain(e instanceof CliException ? e.getMessage() : e.toString());
        terminal.err().println(USAGE);
        return Action.FAILED;
    }
}
