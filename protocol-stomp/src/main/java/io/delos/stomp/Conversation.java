package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.spi.Connection;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Owned by the connection's loop: what the parts of a conversation share after the login. It counts what the broker still has to answer,
 * so that DISCONNECT can wait for it.
 */
final class Conversation {

    private final Connection connection;
    private final Session session;
    private final StompProtocol protocol;
    private final String clientId;
    private final StompCodec codec;
    private final Outgoing out;
    private final BiConsumer<StompException, String> refuser;
    private final Temporaries temporaries = new Temporaries(this);
    private Runnable whenQuiet = () -> { };
    private int unanswered;

    /** The wire's two directions. */
    record Wire(StompCodec codec, Outgoing out) { }

    Conversation(Connection connection, StompProtocol protocol, String clientId, Wire wire, BiConsumer<StompException, String> refuser) {
        this.connection = connection;
        this.session = connection.client().openSession();
        this.protocol = protocol;
        this.clientId = clientId;
        this.codec = wire.codec();
        this.out = wire.out();
        this.refuser = refuser;
    }

    Connection connection() {
        return connection;
    }

    Session session() {
        return session;
    }

    StompOptions options() {
        return protocol.options();
    }

    Destinations destinations() {
        return protocol.destinations();
    }

    Temporaries temporaries() {
        return temporaries;
    }

    /** Empty if the client gave none. */
    String clientId() {
        return clientId;
    }

    Outgoing out() {
        return out;
    }

    /** Keeps the frames that follow back, for the most part in the socket: this one takes several steps. */
    void hold() {
        codec.hold();
        connection.pauseReading(true);
    }

    /** The steps are done. */
    void release() {
        connection.pauseReading(false);
        codec.release();
    }

    /** Says RECEIPT if it was asked for. */
    void confirm(String receipt) {
        if (!receipt.isEmpty()) {
            out.receipt(receipt);
        }
    }

    /** Says ERROR; {@code receipt} is that of the frame which failed, empty for none. */
    void refuse(StompException why, String receipt) {
        refuser.accept(why, receipt);
    }

    /** A reply that becomes a RECEIPT, if that is not empty, or an ERROR. */
    <T> Reply<T> answer(String receipt, Function<BrokerException, StompException> refusal) {
        unanswered++;
        return new Reply<>() {
            @Override
            public void done(T result) {
                confirm(receipt);
                answered();
            }

            @Override
            public void failed(BrokerException why) {
                refuse(refusal.apply(why), receipt);
                answered();
            }
        };
    }

    private void answered() {
        unanswered--;
        if (unanswered == 0) {
            whenQuiet.run();
        }
    }

    /** Runs {@code last} when the broker has answered everything that was asked of it; perhaps at once. */
    void whenQuiet(Runnable last) {
        whenQuiet = last;
        if (unanswered == 0) {
            last.run();
        }
    }
}
