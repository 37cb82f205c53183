package io.delos.stomp;

import io.delos.broker.Broker;
import io.delos.broker.Credentials;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.spi.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Owned by the connection's loop: one client's conversation.
 *
 * <pre>
 *   NEW ──CONNECT──► LOGGING_IN ──accepted──► CONNECTED ──DISCONNECT──► LEAVING ──everything answered──► ENDING
 *    └────────────────────┴───────────────────────┴────── an ERROR that ends it, or the socket closes ─────▲
 * </pre>
 */
final class StompHandler extends ChannelInboundHandlerAdapter {

    private enum State { NEW, LOGGING_IN, CONNECTED, LEAVING, ENDING }

    /** Clients that look at the server's name expect one they know. */
    private static final String SERVER = "ActiveMQ-Artemis/2.56.0 Delos";

    private final Connection connection;
    private final StompCodec codec;
    private final StompProtocol protocol;
    private final HeartBeat.Limits heartBeats;
    private State state = State.NEW;
    private Outgoing out;
    private Optional<Talk> talk = Optional.empty();
    private Loop.Timer beat = () -> { };

    /** The parts of a conversation that has begun. */
    private record Talk(Conversation conversation, Transactions transactions, Sends sends, Subscriptions subscriptions) {

        static Talk of(Conversation conversation) {
            Transactions transactions = new Transactions(conversation);
            Sends sends = new Sends(conversation, transactions);
            return new Talk(conversation, transactions, sends, new Subscriptions(conversation, sends, transactions));
        }
    }

    /** What a CONNECT asked for. */
    private record Wish(Version version, boolean saidVersion, HeartBeat heartBeat, String clientId, String requestId, String receipt) { }

    StompHandler(Connection connection, StompCodec codec, StompProtocol protocol) {
        this.connection = connection;
        this.codec = codec;
        this.protocol = protocol;
        this.heartBeats = protocol.heartBeats(connection.broker().config().settings().timing().connectionTtlOverride());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        out = new Outgoing(ctx, connection);
        connection.onRefusal(why -> {
            refuse(StompErrors.memoryShort(why), "");
            if (out.streaming()) {
                connection.close();
            }
        });
        listenFor(heartBeats.silence());
    }

    private void listenFor(long silence) {
        connection.timeToLive(silence, () -> refuse(StompErrors.silent(connection.remoteAddress(), silence), ""));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Inbound.Frame frame) {
            try {
                take(frame);
            } finally {
                frame.body().release();
            }
        } else if (message instanceof Inbound.Piece piece) {
            if (state == State.CONNECTED) {
                talk.orElseThrow().sends.add(piece.bytes());
            }
            piece.bytes().release();
        } else if (message instanceof Inbound.LargeBegin begun) {
            begin(begun.headers());
        } else if (message instanceof Inbound.LargeEnd && state == State.CONNECTED) {
            talk.orElseThrow().sends.end();
        } else if (message instanceof Inbound.Broken broken && state != State.LEAVING) {
            refuse(broken.why(), "");
        }
    }

    private void take(Inbound.Frame frame) {
        try {
            if (state == State.CONNECTED) {
                talk(frame);
            } else if (state == State.NEW) {
                introduce(frame);
            }
        } catch (StompException why) {
            refuse(why, frame.headers().text(Header.RECEIPT));
        }
    }

    private void begin(Headers headers) {
        try {
            if (state == State.CONNECTED) {
                talk.orElseThrow().sends.begin(headers);
            }
        } catch (StompException why) {
            refuse(why, headers.text(Header.RECEIPT));
        }
    }

    private void talk(Inbound.Frame frame) throws StompException {
        Talk with = talk.orElseThrow();
        Headers headers = frame.headers();
        switch (frame.command()) {
            case SEND -> with.sends.send(frame);
            case ACK -> with.subscriptions.settle(headers, Outcome.ACCEPTED);
            case NACK -> with.subscriptions.settle(headers, Outcome.FAILED);
            case SUBSCRIBE -> with.subscriptions.subscribe(headers);
            case UNSUBSCRIBE -> with.subscriptions.unsubscribe(headers);
            case BEGIN -> with.transactions.begin(headers);
            case COMMIT -> with.transactions.commit(headers);
            case ABORT -> with.transactions.abort(headers);
            case DISCONNECT -> leave(with.conversation, headers.text(Header.RECEIPT));
            case CONNECT -> welcome(wish(headers));
            case STOMP -> with.conversation.confirm(headers.text(Header.RECEIPT));
        }
    }

    // the beginning

    private void introduce(Inbound.Frame frame) throws StompException {
        if (frame.command() != Command.CONNECT && frame.command() != Command.STOMP) {
            throw StompErrors.notConnected();
        }
        Headers headers = frame.headers();
        if (frame.command() == Command.STOMP && !headers.has(Header.ACCEPT_VERSION)) {
            throw StompErrors.noVersionWithStomp();
        }
        String accepted = headers.text(Header.ACCEPT_VERSION);
        if (headers.has(Header.ACCEPT_VERSION) && Version.best(accepted).isEmpty()) {
            out.noCommonVersion(accepted);
            hangUp();
            return;
        }
        Wish wish = wish(headers);
        state = State.LOGGING_IN;
        codec.hold();
        connection.pauseReading(true);
        String user = headers.text(Header.LOGIN);
        connection.client().login(new Credentials(user, headers.text(Header.PASSCODE), connection.certificates(), protocol.securityDomain()),
                Reply.of(done -> loggedIn(wish), refusal -> loginRefused(user)));
    }

    private Wish wish(Headers headers) throws StompException {
        boolean saidVersion = headers.has(Header.ACCEPT_VERSION);
        Version version = Version.best(headers.text(Header.ACCEPT_VERSION)).orElse(Version.V1_0);
        out.speak(state == State.NEW ? version : out.version());
        HeartBeat heartBeat = headers.has(Header.HEART_BEAT) && version != Version.V1_0
                ? HeartBeat.agree(headers.text(Header.HEART_BEAT), heartBeats) : HeartBeat.none(heartBeats);
        return new Wish(version, saidVersion, heartBeat, headers.text(Header.CLIENT_ID), headers.text(Header.REQUEST_ID),
                headers.text(Header.RECEIPT));
    }

    private void loginRefused(String user) {
        if (state == State.LOGGING_IN) {
            refuse(StompErrors.loginRefused(user), "");
        }
    }

    private void loggedIn(Wish wish) {
        if (state != State.LOGGING_IN) {
            return;
        }
        state = State.CONNECTED;
        connection.client().describe(StompProtocol.NAME, wish.clientId);
        talk = Optional.of(Talk.of(new Conversation(connection, protocol, wish.clientId, new Conversation.Wire(codec, out), this::refuse)));
        StompOptions options = protocol.options();
        Broker broker = connection.broker();
        codec.speak(wish.version, options.largestBody(broker.largestInMemory()), options.largeFrom(broker.largestInline()));
        welcome(wish);
        listenFor(wish.heartBeat.silence());
        if (wish.heartBeat.send() > 0) {
            beatAfter(wish.heartBeat.send());
        }
        connection.pauseReading(false);
        codec.release();
    }

    private void welcome(Wish wish) {
        List<String> headers = new ArrayList<>();
        if (wish.saidVersion) {
            headers.addAll(List.of("version", out.version().text()));
        }
        headers.addAll(List.of("session", connection.id()));
        if (out.version() != Version.V1_0) {
            if (!protocol.options().disableServerHeader()) {
                headers.addAll(List.of("server", SERVER));
            }
            if (!wish.requestId.isEmpty()) {
                headers.addAll(List.of("response-id", wish.requestId));
            }
            wish.heartBeat.reply().ifPresent(reply -> headers.addAll(List.of(Header.HEART_BEAT.text(), reply)));
            if (!wish.receipt.isEmpty()) {
                headers.addAll(List.of(Header.RECEIPT_ID.text(), wish.receipt));
            }
        }
        out.connected(headers);
    }

    private void beatAfter(long millis) {
        beat = connection.loop().schedule(() -> {
            if (state == State.CONNECTED && out.open()) {
                out.heartBeat();
                beatAfter(millis);
            }
        }, millis);
    }

    // the end

    private void leave(Conversation conversation, String receipt) {
        state = State.LEAVING;
        out.whenFree(() -> conversation.whenQuiet(() -> {
            if (state != State.LEAVING) {
                return;
            }
            // who reads the receipt finds its subscriptions ended
            conversation.session().close(Outcome.FAILED, () -> {
                if (state == State.LEAVING) {
                    conversation.confirm(receipt);
                    end();
                }
            });
        }));
    }

    /** Says ERROR, behind what is going out, and ends what it ends; when that has begun nothing more is refused. */
    private void refuse(StompException why, String receipt) {
        if (state == State.ENDING) {
            return;
        }
        if (out.version().compareTo(why.endsFrom()) < 0) {
            out.error(why, receipt);
            return;
        }
        state = State.ENDING;
        out.whenFree(() -> {
            out.error(why, receipt);
            hangUp();
        });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        out.writabilityChanged();
        ctx.fireChannelWritabilityChanged();
    }

    private void end() {
        state = State.ENDING;
        beat.cancel();
        out.end();
        connection.close();
    }

    /** The same for a client that may be sending still, and has to find the ERROR. */
    private void hangUp() {
        state = State.ENDING;
        beat.cancel();
        out.end();
        connection.hangUp();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable fault) {
        if (!connection.endedBy(fault)) {
            ctx.fireExceptionCaught(fault);
        }
    }

    /** What the client has seen and not acknowledged was one attempt. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.ENDING;
        beat.cancel();
        out.end();
        talk.ifPresent(with -> with.conversation.session().close(Outcome.FAILED));
        ctx.fireChannelInactive();
    }
}
