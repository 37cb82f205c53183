package io.delos.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads commands line by line and runs each; where {@code connect} went, later commands go too. */
@Command(name = "shell", description = "Type one command after the other.")
final class ShellCommand extends Action {

    private static final List<String> REMEMBERED = List.of("--url", "--user", "--password", "--clientID", "--protocol", "--acceptor");

    @Option(names = "--url", paramLabel = "<url>", description = "Where to connect.")
    String url;

    @Option(names = "--user", paramLabel = "<user>", description = "User name.")
    String user;

    @Option(names = "--password", paramLabel = "<password>", description = "Password.")
    String password;

    @Override
    int perform() {
        return run(root(), url, user, password);
    }

    /** Runs until {@code exit} or the end of the input; null = not given. */
    static int run(Artemis root, String url, String user, String password) {
        Map<String, String> connection = new LinkedHashMap<>();
        remember(connection, "--url", url);
        remember(connection, "--user", user);
        remember(connection, "--password", password);
        Terminal terminal = root.terminal();
        Banner.lines().forEach(terminal.out()::println);
        terminal.out().println("'help' lists the commands; 'connect --url <url> --user <user> --password <password>' says where later ones go.");
        terminal.out().println("'exit' or CTRL-D leaves.");
        while (true) {
            String prompt = connection.getOrDefault("--url", Version.COMPATIBLE) + " > ";
            Optional<String> line = terminal.ask(prompt);
            if (line.isEmpty() || line.get().strip().equals("exit")) {
                return DONE;
            }
            execute(root, words(line.get()), connection);
        }
    }

    private static void remember(Map<String, String> connection, String option, String value) {
        if (value != null) {
            connection.put(option, value);
        }
    }

    private static void execute(Artemis root, List<String> words, Map<String, String> connection) {
        if (words.isEmpty()) {
            return;
        }
        switch (words.get(0)) {
            case "connect" -> connect(root, words, connection);
            case "disconnect" -> connection.clear();
            case "cls", "clear" -> root.terminal().out().print("\u001b[H\u001b[2J");
            case "shell" -> root.terminal().complain("This is the shell.");
            default -> {
                CommandLine commands = Artemis.commandLine(root.terminal(), root.surroundings());
                commands.execute(completed(commands, words, connection).toArray(String[]::new));
            }
        }
    }

    private static void connect(Artemis root, List<String> words, Map<String, String> connection) {
        connection.clear();
        for (int i = 1; i + 1 < words.size(); i += 2) {
            if (!REMEMBERED.contains(words.get(i))) {
                root.terminal().complain("connect knows " + REMEMBERED + ", not " + words.get(i));
                return;
            }
            connection.put(words.get(i), words.get(i + 1));
        }
    }

    /** The words, and what {@code connect} said that they do not say themselves, if the command wants to know it. */
    private static List<String> completed(CommandLine commands, List<String> words, Map<String, String> connection) {
        CommandLine command = commands;
        for (String word : words) {
            CommandLine next = command.getSubcommands().get(word);
            if (next == null) {
                break;
            }
            command = next;
        }
        List<String> all = new ArrayList<>(words);
        if (command.getCommandSpec().findOption("--url") != null) {
            connection.forEach((option, value) -> {
                if (words.stream().noneMatch(word -> word.equals(option) || word.startsWith(option + "="))) {
                    all.add(option);
                    all.add(value);
                }
            });
        }
        return all;
    }

    /** Splits at blanks, but not inside quotes of either kind. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        char quote = 0;
        for (char c : line.toCharArray()) {
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                any = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }
}
