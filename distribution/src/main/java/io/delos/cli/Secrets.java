package io.delos.cli;

import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.security.PasswordMask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ParseResult;

/** Keeps passwords out of files and outputs. */
final class Secrets {

    private Secrets() {
    }

    /** The two-way form of a password that the broker itself has to present, in the codec of a new broker. */
    static String mask(String password) {
        return PasswordMask.ofProcess().mask(password);
    }

    /** The form that this instance's broker.xml asks for with {@code password-codec}. */
    static String maskLikeBroker(Surroundings surroundings, String password) throws CliException {
        Path file = Bootstrap.read(surroundings, null).brokerXml();
        try {
            return PasswordMask.ofCodec(BrokerXml.read(file).config().security().passwordCodec()).mask(password);
        } catch (ConfigException e) {
            throw new CliException(e.getMessage(), e);
        }
    }

    /** The arguments as typed, with the value of every password option replaced. */
    static List<String> hidden(ParseResult arguments) {
        List<String> shown = new ArrayList<>();
        boolean hideNext = false;
        for (String word : arguments.originalArgs()) {
            int equals = word.indexOf('=');
            boolean secret = word.startsWith("--") && word.toLowerCase(Locale.ROOT).contains("password");
            if (hideNext) {
                shown.add("****");
            } else if (secret && equals > 0) {
                shown.add(word.substring(0, equals) + "=****");
            } else {
                shown.add(word);
            }
            hideNext = secret && equals < 0 && !hideNext && !word.equals("--password-codec");
        }
        return shown;
    }
}
