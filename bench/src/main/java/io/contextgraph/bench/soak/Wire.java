// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A bare connection, for clients that do what ordinary ones do not: send half a request, read slowly, vanish. */
final class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket;
    private final String host;
    private final Consumer<Wire> closed;
    private final InputStream in;

    private Wire(Socket socket, String host, Consumer<Wire> closed) throws IOException {
        this.socket = socket;
        this.host = host;
        this.closed = closed;
        this.in = new BufferedInputStream(socket.getInputStream(), 1024);
    }

    /**
     * @param receiveBuffer bytes that the system takes before anybody has read them; 0 for what it likes
     * @param closed told when this is closed
     */
    static Wire open(URI server, int receiveBuffer, Consumer<Wire> closed) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), CONNECT_MILLIS);
        return new Wire(socket, server.getAuthority(), closed);
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param headers each with its line end */
    void get(String path, String headers) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n");
    }

    /** Begins a request with a body. */
    void post(String path, String type, String length) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + type + "\r\n" + length
                + "\r\n\r\n");
    }

    void timeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** The head of an answer; returns its status. */
    int status() throws IOException {
        String first = line();
        while (!line().isEmpty()) {
            // None of the headers matters.
        }
        return Integer.parseInt(first, 9, 12, 10);
    }

    /** One line without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = read(); b != '\n'; b = read()) {
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** The body of an answer that comes in chunks; each read gives what is there. */
    InputStream chunks() {
        return new Chunks();
    }

    private final class Chunks extends InputStream {
        private int left;
        private boolean begun;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (left == 0) {
                if (begun) {
                    String ignored = line();
                }
                begun = true;
                left = Integer.parseInt(line(), 16);
                if (left == 0) {
                    return -1;
                }
            }
            int read = in.read(into, from, Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the server has closed the connection");
            }
            left -= read;
            return read;
        }
    }

    private int read() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the server has closed the connection");
        }
        return b;
    }

    /** Takes what is there; negative when the server has closed the connection. */
    int take(byte[] into) throws IOException {
        return in.read(into);
    }

    /** Breaks it off: the server is told at once and rudely. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // Then there is nothing left to break off.
        }
        close();
    }

    @Override
    public void close() {
        closed.accept(this);
        try {
            socket.close();
        } catch (IOException gone) {
            // As it should be.
        }
    }
}
