package io.delos.mqtt;

import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.ScramDialog;
import java.util.Optional;

/** SCRAM as an authentication method: the client's first and last message, and the server's (RFC 5802 §5). Owned by the connection's loop. */
final class ScramMethod implements AuthMethod {

    private final Client client;
    private final String mechanism;
    private final String entry;
    private Optional<ScramDialog> dialog = Optional.empty();

    ScramMethod(Client client, String mechanism, String entry) {
        this.client = client;
        this.mechanism = mechanism;
        this.entry = entry;
    }

    @Override
    public void take(byte[] said, Reply<Step> answer) {
        if (dialog.isPresent()) {
            Optional<byte[]> last = dialog.get().prove(said);
            last.ifPresentOrElse(proof -> answer.done(new Step(true, proof)), () -> refuse(answer));
            return;
        }
        dialog = ScramDialog.begin(client, said).filter(this::sameUser);
        if (dialog.isEmpty()) {
            refuse(answer);
        } else {
            dialog.get().challenge(mechanism, entry, Reply.of(text -> answer.done(new Step(false, text)), answer::failed));
        }
    }

    /** Who logs in again stays who it was. */
    private boolean sameUser(ScramDialog begun) {
        return !client.loggedIn() || begun.user().equals(client.user());
    }

    private static void refuse(Reply<Step> answer) {
        answer.failed(new BrokerException(Reason.NOT_PERMITTED, "the proof is not accepted"));
    }
}
