package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Credentials;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.ScramLogin;
import io.delos.message.MalformedMessageException;
import io.delos.spi.Connection;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One peer's login over SASL (AMQP 1.0 part 5 §5.3.2): its choice, perhaps a challenge and a response, the outcome. Owned by the
 * connection's loop. While something is asked elsewhere the handler reads nothing.
 */
final class SaslDialog {

    private static final Logger LOG = LogManager.getLogger(SaslDialog.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 18;

    private final AmqpHandler handler;
    private final Connection connection;
    private final AmqpSasl sasl;
    private Optional<ScramExchange> exchange = Optional.empty();
    private Optional<ScramLogin> login = Optional.empty();

    SaslDialog(AmqpHandler handler, Connection connection, AmqpSasl sasl) {
        this.handler = handler;
        this.connection = connection;
        this.sasl = sasl;
    }

    /** A whole frame has come. One that is out of order or can't be read ends the dialog. */
    void frame(byte[] frame) {
        try {
            if (login.isPresent()) {
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
        exchange = ScramExchange.begin(init.response());
        if (exchange.isEmpty()) {
            handler.saslEnds(AmqpSasl.AUTH, AmqpSasl.NOTHING);
            return;
        }
        handler.hold();
        connection.client().scram(init.mechanism(), exchange.get().user(), sasl.loginEntry(), Reply.of(this::challenge, this::refused));
    }

    private void challenge(ScramLogin begun) {
        login = Optional.of(begun);
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        String ours = Base64.getEncoder().encodeToString(nonce);
        handler.say(AmqpSasl.challenge(exchange.orElseThrow().challenge(ours, begun.salt(), begun.iterations())));
        handler.goOn();
    }

    private void prove(byte[] response) {
        Optional<byte[]> signature = exchange.orElseThrow().proof(response)
                .flatMap(proof -> login.orElseThrow().prove(proof.proof(), proof.authMessage()));
        handler.saslEnds(signature.isPresent() ? AmqpSasl.OK : AmqpSasl.AUTH, signature.map(ScramExchange::verified).orElse(AmqpSasl.NOTHING));
    }
}
