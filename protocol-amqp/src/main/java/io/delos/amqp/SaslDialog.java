package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Credentials;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.ScramDialog;
import io.delos.message.MalformedMessageException;
import io.delos.spi.Connection;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One peer's login over SASL (AMQP 1.0 part 5 §5.3.2): its choice, perhaps a challenge and a response, the outcome. Owned by the
 * connection's loop. While something is asked elsewhere the handler reads nothing.
 */
final class SaslDialog {

    private static final Logger LOG = LogManager.getLogger(SaslDialog.class);

    private final AmqpHandler handler;
    private final Connection connection;
    private final AmqpSasl sasl;
    private Optional<ScramDialog> dialog = Optional.empty();

    SaslDialog(AmqpHandler handler, Connection connection, AmqpSasl sasl) {
        this.handler = handler;
        this.connection = connection;
        this.sasl = sasl;
    }

    /** A whole frame has come. One that is out of order or can't be read ends the dialog. */
    void frame(byte[] frame) {
        try {
            if (dialog.filter(ScramDialog::challenged).isPresent()) {
                prove(AmqpSasl.response(frame));
            } else {
                chosen(AmqpSasl.init(frame));
            }
        } catch (MalformedMessageException unfit) {
            LOG.warn("Refusing the AMQP connection from {} while it logs in: {}", connection.remoteAddress(), unfit.getMessage());
            handler.saslEnds(AmqpSasl.SYS, AmqpSasl.NOTHING);
        }
    }

    private void chosen(AmqpSasl.Init init) {
        AmqpSasl.Decision decision = sasl.decide(init, connection);
        if (decision.credentials().isPresent()) {
            logIn(decision.credentials().get());
        } else if (decision.code() == AmqpSasl.OK && AmqpSasl.isScram(init.mechanism())) {
            scram(init);
        } else {
            handler.saslEnds(decision.code(), AmqpSasl.NOTHING);
        }
    }

    private void logIn(Credentials credentials) {
        handler.hold();
        connection.client().login(credentials, Reply.of(done -> ends(AmqpSasl.OK), this::refused));
    }

    private void ends(int code) {
        handler.saslEnds(code, AmqpSasl.NOTHING);
        handler.goOn();
    }

    private void refused(BrokerException refusal) {
        ends(refusal.reason() == Reason.AUTHENTICATION_FAILED ? AmqpSasl.AUTH : AmqpSasl.SYS_TEMP);
    }

    // ---- SCRAM

    private void scram(AmqpSasl.Init init) {
        dialog = ScramDialog.begin(connection.client(), init.response());
        if (dialog.isEmpty()) {
            handler.saslEnds(AmqpSasl.AUTH, AmqpSasl.NOTHING);
            return;
        }
        handler.hold();
        dialog.get().challenge(init.mechanism(), sasl.loginEntry(), Reply.of(text -> {
            handler.say(AmqpSasl.challenge(text));
            handler.goOn();
        }, this::refused));
    }

    private void prove(byte[] response) {
        Optional<byte[]> proof = dialog.orElseThrow().prove(response);
        handler.saslEnds(proof.isPresent() ? AmqpSasl.OK : AmqpSasl.AUTH, proof.orElse(AmqpSasl.NOTHING));
    }
}
