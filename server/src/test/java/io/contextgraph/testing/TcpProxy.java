// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A loopback port in front of a server, for tests of what a network does: connections that break in the middle of a
 * request or of its answer, an address that moves to another server, a server that cannot be reached.
 *
 * <p><b>Guarantees.</b> Breaks at an exact byte, so that a test decides what the server has seen and what the client
 * has. Connections are reset, not closed in order.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listening;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong requestBytes = new AtomicLong(NEVER);
    private final AtomicLong answerBytes = new AtomicLong(NEVER);
    private volatile int target;
    private volatile boolean refusing;
    private volatile boolean silent;
    private volatile Duration delay = Duration.ZERO;
    private final AtomicReference<byte @Nullable []> hold = new AtomicReference<>();
    private volatile CountDownLatch held = new CountDownLatch(1);
    private volatile CountDownLatch released = new CountDownLatch(0);

    private TcpProxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    /** In front of the server on a loopback port. */
    public static TcpProxy to(int port) {
        try {
            return new TcpProxy(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The address of a server with this proxy in front of it. */
    public URI inFrontOf(URI server) {
        return URI.create(server.toString().replaceFirst(":\\d+(/\\d*)?$", ":" + port() + "$1"));
    }

    /** New connections lead to another server from now on; those that are open stay where they are. */
    public void moveTo(int port) {
        target = port;
    }

    /** Whether new connections are turned away. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Lets so many more bytes of requests through, over all connections, and resets the one that sends more. */
    public void cutRequestsAfter(long bytes) {
        requestBytes.set(bytes);
    }

    /** Lets so many more bytes of answers through, over all connections, and resets the one that gets more. */
    public void cutAnswersAfter(long bytes) {
        answerBytes.set(bytes);
    }

    /** Whether answers are swallowed, while the connections stay open: a network that drops what it should carry. */
    public void swallowAnswers(boolean swallow) {
        silent = swallow;
    }

    /** How long each piece of an answer takes on its way: a server that is far, or slow. */
    public void delayAnswers(Duration each) {
        delay = each;
    }

    /** Holds what a request has from this text on, on the first connection that sends it, until {@link #release}. */
    public void holdRequestsBefore(String text) {
        held = new CountDownLatch(1);
        released = new CountDownLatch(1);
        hold.set(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits until a request is held: the server has what stands before. */
    public void awaitHeld() throws InterruptedException {
        held.await();
    }

    /** Lets go what is held. */
    public void release() {
        byte @Nullable [] ignored = hold.getAndSet(null);
        released.countDown();
    }

    /** How many connections are open. */
    public int connections() {
        return links.size();
    }

    /** Resets all connections. */
    public void cutAll() {
        links.forEach(Link::cut);
    }

    /** No more cuts, nobody is turned away. */
    public void heal() {
        requestBytes.set(NEVER);
        answerBytes.set(NEVER);
        refusing = false;
        silent = false;
        delay = Duration.ZERO;
        release();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    open(client);
                }
            } catch (IOException closing) {
                // Either this proxy is being closed, or one client has gone already.
            }
        }
    }

    private void open(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException away) {
            client.setSoLinger(true, 0);
            client.close();
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        Thread.ofVirtual().name("proxy-requests").start(() -> link.pump(client, server, requestBytes, () -> false));
        Thread.ofVirtual().name("proxy-answers").start(() -> link.pump(server, client, answerBytes, () -> silent));
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
    }

    /** One connection through the proxy. */
    private final class Link {
        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) throws SocketException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void pump(Socket from, Socket to, AtomicLong budget, BooleanSupplier swallows) {
            byte[] buffer = new byte[16 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (swallows.getAsBoolean()) {
                        continue;
                    }
                    if (from.equals(server) && delay.isPositive()) {
                        Pacing.pause(delay.toMillis());
                    }
                    int begin = from.equals(client) ? passBeforeHold(buffer, read, out) : 0;
                    int length = read - begin;
                    long left = budget.getAndUpdate(b -> b == NEVER ? NEVER : Math.max(0, b - length));
                    out.write(buffer, begin, (int) Math.min(length, left));
                    out.flush();
                    if (left < length) {
                        break;
                    }
                }
            } catch (IOException broken) {
                // The other direction has been cut, or an end has gone.
            }
            cut();
        }

        /** How much has been passed on when what follows may go, too. */
        private int passBeforeHold(byte[] buffer, int read, OutputStream out) throws IOException {
            byte[] text = hold.get();
            int at = text == null
                    ? -1
                    : new String(buffer, 0, read, StandardCharsets.ISO_8859_1)
                            .indexOf(new String(text, StandardCharsets.ISO_8859_1));
            if (at < 0 || !hold.compareAndSet(text, null)) {
                return 0;
            }
            // Up to the end of the command before: a text that is sent begins two lines earlier, with its length.
            int begin = commandStart(buffer, at);
            out.write(buffer, 0, begin);
            out.flush();
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return begin;
        }

        /** Where the command of RESP begins that has this byte. */
        private static int commandStart(byte[] buffer, int at) {
            int begin = at;
            while (begin > 0 && !(buffer[begin] == '*' && buffer[begin - 1] == '\n')) {
                begin--;
            }
            return begin;
        }

        void cut() {
            links.remove(this);
            // The server keeps the bytes that it was sent: only the client is told at once and rudely.
            try (server;
                    client) {
                client.setSoLinger(true, 0);
            } catch (IOException gone) {
                // Then there is nothing left to cut.
            }
        }
    }
}
