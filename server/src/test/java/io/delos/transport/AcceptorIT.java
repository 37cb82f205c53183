package io.delos.transport;

import static io.delos.transport.Fixture.ascii;
import static io.delos.transport.Fixture.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.spi.Connection;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptorIT {

    private final Fixture fixture = new Fixture();
    private final Logged log = new Logged();

    @AfterEach
    void end() {
        fixture.close();
        log.close();
    }

    @Test
    void aProtocolIsFoundByItsFirstBytesAndGetsThemAll() throws Exception {
        fixture.start("");
        try (Socket alpha = fixture.connect(); Socket beta = fixture.connect()) {
            assertThat(echo(alpha, "ALPHA and more")).isEqualTo("ALPHA and more");
            assertThat(echo(beta, "CONNECTB")).isEqualTo("CONNECTB");
        }
        assertThat(fixture.guests).hasSize(2).allSatisfy(guest -> assertThat(guest.remote).matches("127\\.0\\.0\\.1:\\d+"));
        assertThat(fixture.guests).extracting(guest -> guest.id).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{8}"));
    }

    @Test
    void nothingIsDecidedBeforeTheEighthByte() throws Exception {
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            OutputStream out = socket.getOutputStream();
            for (byte b : ascii("ALPHA67")) {
                out.write(b);
            }
            try (Socket other = fixture.connect(); Socket third = fixture.connect()) {
                echo(other, "ALPHA...");
                echo(third, "ALPHA...");
            }
            assertThat(fixture.guests).hasSize(2);
            out.write('8');
            assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(ascii("ALPHA678"));
        }
    }

    @Test
    void strangersAreClosedWithOneLine() throws Exception {
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(ascii("\n\nALPHA and so on"));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(log.lines()).filteredOn(line -> line.contains("first bytes")).singleElement().asString().contains("ALPHA, CONNECTB");
        assertThat(fixture.guests).isEmpty();
    }

    @Test
    void onlyTheProtocolsNamedAreServed() throws Exception {
        fixture.start("protocols=CONNECTB,NONESUCH");
        assertThat(log.lines()).anyMatch(line -> line.startsWith("AMQ222203") && line.contains("NONESUCH"));
        try (Socket alpha = fixture.connect(); Socket beta = fixture.connect()) {
            alpha.getOutputStream().write(ascii("ALPHA..."));
            assertThat(alpha.getInputStream().read()).isEqualTo(-1);
            assertThat(echo(beta, "CONNECTB")).isEqualTo("CONNECTB");
        }
    }

    @Test
    void noneOfTheNamesKnownMeansAll() throws Exception {
        fixture.start("protocols=NONESUCH");
        try (Socket alpha = fixture.connect()) {
            assertThat(echo(alpha, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void connectionsAllowedAreCountedAndGivenBack() throws Exception {
        fixture.start("connectionsAllowed=1");
        try (Socket first = fixture.connect()) {
            echo(first, "ALPHA...");
            try (Socket second = fixture.connect()) {
                second.getOutputStream().write(ascii("ALPHA..."));
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(log.lines()).anyMatch(line -> line.startsWith("AMQ222206: Connection limit of 1 reached. Refusing connection from 127."));
        await().until(() -> fixture.acceptor.connectionCount() == 0);
        try (Socket third = fixture.connect()) {
            assertThat(echo(third, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void aSilentSocketIsClosedWhenTheHandshakeTimeIsOver() throws Exception {
        fixture.start("handshake-timeout=1");
        try (Socket silent = fixture.connect(); Socket short7 = fixture.connect(); Socket good = fixture.connect()) {
            short7.getOutputStream().write(ascii("ALPHA67"));
            echo(good, "ALPHA...");
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(short7.getInputStream().read()).isEqualTo(-1);
            assertThat(echo(good, "still here")).isEqualTo("still here");
        }
        assertThat(log.lines()).anyMatch(line -> line.matches(
                "AMQ224088: Timeout \\(1 seconds\\) on acceptor \"test\" during protocol handshake with 127.0.0.1:\\d+ has occurred."));
    }

    @Test
    void whoHasNotLoggedInMaySendOnlySoMuch() throws Exception {
        fixture.loggedIn = false;
        fixture.start("bytesBeforeLogin=100");
        try (Socket socket = fixture.connect()) {
            assertThat(echo(socket, "ALPHA" + "x".repeat(95))).hasSize(100);
            socket.getOutputStream().write('y');
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(log.lines()).filteredOn(line -> line.contains("too many bytes before logging in")).hasSize(1);
        fixture.loggedIn = true;
        try (Socket socket = fixture.connect()) {
            assertThat(echo(socket, "ALPHA" + "x".repeat(100_000))).hasSize(100_005);
        }
    }

    @Test
    void silenceBeyondTheTimeToLiveIsTheEnd() throws Exception {
        CountDownLatch expired = new CountDownLatch(1);
        fixture.onAttach = (channel, connection) -> connection.timeToLive(60, () -> {
            channel.writeAndFlush(io.netty.buffer.Unpooled.copiedBuffer(ascii("bye")));
            expired.countDown();
        });
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(ascii("bye"));
        }
        assertThat(expired.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(log.lines()).anyMatch(line -> line.startsWith("AMQ229014: Did not receive data from 127.0.0.1:"));
    }

    @Test
    void aPauseIsNotSilenceAndPausesNest() throws Exception {
        AtomicReference<Channel> channel = new AtomicReference<>();
        CountDownLatch expired = new CountDownLatch(1);
        fixture.onAttach = (socket, connection) -> {
            channel.set(socket);
            connection.timeToLive(60, expired::countDown);
            connection.pauseReading(true);
            connection.pauseReading(true);
            connection.pauseReading(false);
        };
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            assertThat(channel.get().config().isAutoRead()).isFalse();
            Connection connection = fixture.connections.peek();
            CountDownLatch later = new CountDownLatch(1);
            connection.loop().schedule(later::countDown, 300);
            assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(expired.getCount()).isEqualTo(1);
            connection.loop().post(() -> connection.pauseReading(false));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(expired.getCount()).isZero();
        }
    }

    @Test
    void pressureIsToldToTheClient() throws Exception {
        fixture.start("writeBufferLowWaterMark=1000;writeBufferHighWaterMark=2000;tcpSendBufferSize=4096");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new java.net.InetSocketAddress("127.0.0.1", fixture.acceptor.port()));
            socket.getOutputStream().write(ascii("ALPHA..."));
            socket.getInputStream().readNBytes(8);
            Connection connection = fixture.connections.element();
            Channel channel = channelOf(connection);
            channel.writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(new byte[4_000_000]));
            await().until(() -> Boolean.FALSE.equals(fixture.guests.element().writable.peek()));
            socket.getInputStream().readNBytes(4_000_000);
            await().untilAsserted(() -> assertThat(fixture.guests.element().writable).containsExactly(false, true));
        }
    }

    @Test
    void theBrokersPressureStopsTheReading() throws Exception {
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            Connection connection = fixture.connections.element();
            Channel channel = channelOf(connection);
            connection.loop().post(() -> fixture.guests.element().pressure.accept(true));
            await().until(() -> !channel.config().isAutoRead());
            connection.loop().post(() -> fixture.guests.element().pressure.accept(false));
            assertThat(echo(socket, "goes on")).isEqualTo("goes on");
        }
    }

    private static Channel channelOf(Connection connection) throws ReflectiveOperationException {
        var field = SocketConnection.class.getDeclaredField("channel");
        field.setAccessible(true);
        return (Channel) field.get(connection);
    }

    @Test
    void aBrokenFrameCostsOneConnectionAndOneLine() throws Exception {
        fixture.start("");
        try (Socket bad = fixture.connect(); Socket good = fixture.connect()) {
            echo(bad, "ALPHA...");
            echo(good, "ALPHA...");
            bad.getOutputStream().write('!');
            assertThat(bad.getInputStream().read()).isEqualTo(-1);
            assertThat(echo(good, "fine")).isEqualTo("fine");
        }
        assertThat(log.lines()).filteredOn(line -> line.contains("an exclamation mark")).hasSize(1);
        assertThat(log.anyStackTrace()).isFalse();
    }

    @Test
    void aResetIsNoStackTrace() throws Exception {
        fixture.start("");
        Socket socket = fixture.connect();
        echo(socket, "ALPHA...");
        socket.setSoLinger(true, 0);
        socket.close();
        assertThat(fixture.guests.element().closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(log.anyStackTrace()).isFalse();
    }

    /** A socket that is closed with bytes unread forgets what its client has not read yet. */
    @Test
    void whoHadWrittenMoreFindsTheLastWords() throws Exception {
        fixture.onAttach = (channel, connection) -> connection.onShutdown(() -> {
            channel.write(io.netty.buffer.Unpooled.copiedBuffer(ascii("farewell")));
            connection.hangUp();
        });
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            Connection connection = fixture.connections.element();
            CountDownLatch paused = new CountDownLatch(1);
            connection.loop().post(() -> {
                connection.pauseReading(true);
                paused.countDown();
            });
            assertThat(paused.await(60, TimeUnit.SECONDS)).isTrue();
            socket.getOutputStream().write(new byte[10_000]);
            fixture.guests.element().closeConnection.run();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(ascii("farewell"));
        }
        assertThat(fixture.guests.element().closed.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theOperatorMayCloseAConnection() throws Exception {
        fixture.onAttach = (channel, connection) -> connection.onShutdown(() -> {
            channel.write(io.netty.buffer.Unpooled.copiedBuffer(ascii("farewell")));
            connection.close();
        });
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            fixture.guests.element().closeConnection.run();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(ascii("farewell"));
        }
        assertThat(fixture.guests.element().closed.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stoppingSaysFarewellAndClosesEverything() throws Exception {
        fixture.onAttach = (channel, connection) -> connection.onShutdown(() -> {
            channel.write(io.netty.buffer.Unpooled.copiedBuffer(ascii("farewell")));
            connection.close();
        });
        fixture.start("");
        int port = fixture.acceptor.port();
        try (Socket known = fixture.connect(); Socket unknown = fixture.connect()) {
            echo(known, "ALPHA...");
            // one that the system still keeps for the acceptor would be reset
            await().until(() -> fixture.acceptor.socketCount() == 2);
            fixture.acceptor.stop();
            assertThat(known.getInputStream().readAllBytes()).isEqualTo(ascii("farewell"));
            assertThat(unknown.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(fixture.guests.element().closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
        fixture.acceptor.start();
        try (Socket again = fixture.connect()) {
            assertThat(echo(again, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void aPeerThatDoesNotReadCannotHoldTheStop() throws Exception {
        fixture.start("shutdownTimeout=200");
        try (Socket deaf = fixture.connect()) {
            echo(deaf, "ALPHA...");
            channelOf(fixture.connections.element()).writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(new byte[40_000_000]));
            fixture.acceptor.stop();
            assertThat(fixture.acceptor.connectionCount()).isZero();
        }
    }

    @Test
    void pausingKeepsConnections() throws Exception {
        fixture.start("");
        try (Socket socket = fixture.connect()) {
            echo(socket, "ALPHA...");
            fixture.acceptor.pause();
            assertThat(fixture.acceptor.started()).isFalse();
            assertThat(echo(socket, "goes on")).isEqualTo("goes on");
            fixture.acceptor.start();
        }
    }

    @Test
    void severalHostsShareOnePort() throws Exception {
        AcceptorConfig config = AcceptorConfig.of("two", "tcp://127.0.0.1,127.0.0.2:0");
        fixture.acceptor = new Acceptor(config, List.of(), Fixture.means((loop, id, remote, close) -> null, fixture.intake, 20), fixture.loops);
        fixture.acceptor.start();
        try (Socket one = new Socket("127.0.0.1", fixture.acceptor.port()); Socket two = new Socket("127.0.0.2", fixture.acceptor.port())) {
            assertThat(one.isConnected() && two.isConnected()).isTrue();
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        fixture.start("");
        AcceptorConfig same = AcceptorConfig.of("late", "tcp://127.0.0.1:" + fixture.acceptor.port());
        Acceptor late = new Acceptor(same, List.of(), Fixture.means((loop, id, remote, close) -> null, fixture.intake, 20), fixture.loops);
        assertThatThrownBy(late::start).isInstanceOf(IOException.class)
                .hasMessageContaining("acceptor \"late\" can't listen on 127.0.0.1:" + fixture.acceptor.port());
        assertThat(late.started()).isFalse();
    }
}
