package io.delos.cli;

import io.delos.security.PasswordHash;
import io.delos.security.PasswordMask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mask", description = "Turn a password into a form that may stand in a file.")
final class MaskCommand extends Action {

    @Parameters(paramLabel = "<password>", arity = "1", description = "The password.")
    String password;

    @Option(names = "--hash", description = "One-way: for artemis-users.properties.")
    boolean hash;

    @Option(names = "--key", paramLabel = "<key>", description = "The key of the two-way form. Default: the broker's usual one.")
    String key;

    @Option(names = "--password-codec", description = "Use the codec that broker.xml names.")
    boolean passwordCodec;

    @Override
    int perform() throws CliException {
        if (passwordCodec) {
            out("result: " + Secrets.maskLikeBroker(surroundings(), password));
        } else if (hash) {
            out("result: " + PasswordHash.hash(password));
        } else {
            out("result: " + (key == null ? Secrets.mask(password) : PasswordMask.ofKey(key).mask(password)));
        }
        return DONE;
    }
}
