// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP/1.1 on every connection, each with a {@link Pace}. */
public final class ConnectionGuard implements ServerConnectionSelector {
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final ThreadLocal<@Nullable Pace> CURRENT = new ThreadLocal<>();

    private final Http1ConnectionSelector http1;
    private final HttpSettings settings;
    private final OpenConnections open;

    ConnectionGuard(HttpSettings settings, OpenConnections open) {
        this.settings = settings;
        this.open = open;
        this.http1 = Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .name("http_1_1")
                        .maxPrologueLength(16 * 1024)
                        .maxHeadersSize(MAX_HEAD_BYTES)
                        .sendKeepAliveHeader(false)
                        .addReceiveListener(new Received())
                        .addSendListener(new Sent())
                        .build())
                .build();
    }

    /** The pace of the connection that this thread serves. */
    public static Optional<Pace> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return Set.of("http/1.1");
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        HelidonSocket socket = context.serverSocket();
        Optional<Handshake> handshake = Handshake.ended();
        // To close what TLS is put on waits for nobody; to close TLS itself waits for a write that is under way.
        Runnable closing = handshake.<Runnable>map(done -> done::close).orElse(socket::close);
        Pace pace = new Pace(
                socket, closing, settings.timeouts(), () -> settings.limits().maxBodyBytes() + MAX_HEAD_BYTES);
        return new Guarded(
                http1.connection(new GuardedContext(context, pace)), pace, handshake.isPresent() ? socket : null);
    }

    private final class Guarded implements ServerConnection {
        private final ServerConnection connection;
        private final Pace pace;
        private final @Nullable HelidonSocket secured;

        /** @param secured null: without TLS */
        Guarded(ServerConnection connection, Pace pace, @Nullable HelidonSocket secured) {
            this.connection = connection;
            this.pace = pace;
            this.secured = secured;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            open.add(pace);
            CURRENT.set(pace);
            try {
                connection.handle(limit);
            } finally {
                CURRENT.remove();
                sayGoodbye();
                open.remove(pace);
            }
        }

        /** TLS ends with a word to the client, who may have stopped to take anything. */
        private void sayGoodbye() {
            HelidonSocket socket = secured;
            if (socket != null) {
                try {
                    pace.write(0, socket::close);
                } catch (UncheckedIOException | ServerConnectionException gone) {
                    // Then there is nobody to be told.
                }
            }
        }

        @Override
        public Duration idleTime() {
            // The pace knows better than the engine, which takes a long answer for idleness.
            return Duration.ZERO;
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }

    private static final class Received implements Http1ConnectionListener {
        @Override
        public void headers(ConnectionContext context, Headers headers) {
            ((GuardedContext) context).pace().bodyBegins();
        }
    }

    private static final class Sent implements Http1ConnectionListener {
        @Override
        public void status(ConnectionContext context, Status status) {
            ((GuardedContext) context).pace().answered();
        }
    }

    private record GuardedContext(ConnectionContext plain, Pace pace) implements ConnectionContext {
        @Override
        public DataReader dataReader() {
            return pace.reader();
        }

        @Override
        public DataWriter dataWriter() {
            return new GuardedWriter(plain.dataWriter(), pace);
        }

        @Override
        public ListenerContext listenerContext() {
            return plain.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return plain.executor();
        }

        @Override
        public Router router() {
            return plain.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return plain.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return plain.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return plain.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return plain.localPeer();
        }

        @Override
        public boolean isSecure() {
            return plain.isSecure();
        }

        @Override
        public String socketId() {
            return plain.socketId();
        }

        @Override
        public String childSocketId() {
            return plain.childSocketId();
        }
    }

    private record GuardedWriter(DataWriter plain, Pace pace) implements DataWriter {
        @Override
        public void write(BufferData... buffers) {
            pace.write(size(buffers), () -> plain.write(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            pace.write(buffer.available(), () -> plain.write(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            pace.write(size(buffers), () -> plain.writeNow(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            pace.write(buffer.available(), () -> plain.writeNow(buffer));
        }

        @Override
        public void flush() {
            plain.flush();
        }

        private static int size(BufferData... buffers) {
            int size = 0;
            for (BufferData buffer : buffers) {
                size += buffer.available();
            }
            return size;
        }
    }
}
