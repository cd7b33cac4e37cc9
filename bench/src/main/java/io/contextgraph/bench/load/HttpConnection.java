// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import javax.net.SocketFactory;

/** One connection to a server, kept alive, with as little work for each request as there can be. */
public final class HttpConnection implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;

    private final String host;
    private final String headers;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    public HttpConnection(URI server) throws IOException {
        this(server, "");
    }

    /** @param headers of each request that sends something, each with the end of its line */
    HttpConnection(URI server, String headers) throws IOException {
        this(server, headers, SocketFactory.getDefault());
    }

    /** @param sockets those of TLS for a server that wants it */
    HttpConnection(URI server, String headers, SocketFactory sockets) throws IOException {
        this.headers = headers;
        host = server.getAuthority();
        socket = sockets.createSocket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** An answer that was read whole. */
    public record Answer(int status, String body) {
        private String expected(int expectedStatus) throws IOException {
            if (status != expectedStatus) {
                throw new IOException("answered " + status + ": " + body);
            }
            return body;
        }
    }

    /** Sends one request and returns the body of its answer. */
    String post(String path, String body, int expectedStatus) throws IOException {
        return exchange("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n" + headers + "\r\n" + body)
                .expected(expectedStatus);
    }

    /**
     * Sends bytes, and returns whether the answer has none.
     *
     * @param type of the bytes
     */
    public boolean postBytes(String path, byte[] body, String type) throws IOException {
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + type
                        + "\r\nContent-Length: " + body.length + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        out.write(request);
        return answer().expected(200).isEmpty();
    }

    public String get(String path) throws IOException {
        return ask(path).expected(200);
    }

    /** Asks, and returns whatever the answer is. */
    public Answer ask(String path) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    /** Begins a request whose body has no end yet; {@link #sendPart} and {@link #readLine} go on. */
    void beginStream(String path) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n" + headers + "\r\n");
    }

    void sendPart(String part) throws IOException {
        send(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
    }

    void endStream() throws IOException {
        send("0\r\n\r\n");
    }

    private Answer exchange(String request) throws IOException {
        send(request);
        return answer();
    }

    private Answer answer() throws IOException {
        String head = readHead();
        int at = head.indexOf("content-length: ");
        if (at < 0) {
            throw new IOException("an answer without length: " + head);
        }
        int begin = at + "content-length: ".length();
        return new Answer(status(head), text(Integer.parseInt(head, begin, head.indexOf('\r', begin), 10)));
    }

    private void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The head of an answer, in lower case. */
    String readHead(int expectedStatus) throws IOException {
        String head = readHead();
        if (status(head) != expectedStatus) {
            throw new IOException("answered " + status(head) + ": " + head);
        }
        return head;
    }

    private static int status(String head) {
        return Integer.parseInt(head, 9, 12, 10);
    }

    private String readHead() throws IOException {
        int end = from;
        while (!endsHead(end)) {
            if (end == to) {
                end -= fill();
            }
            end++;
        }
        String head = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        from = end;
        return head;
    }

    private boolean endsHead(int end) {
        return end - from >= 4
                && buffer[end - 1] == '\n'
                && buffer[end - 2] == '\r'
                && buffer[end - 3] == '\n'
                && buffer[end - 4] == '\r';
    }

    /** Reads more; returns by how much the bytes that were there have moved towards the front. */
    private int fill() throws IOException {
        int moved = from;
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        if (to == buffer.length) {
            throw new IOException("longer than " + buffer.length + " bytes");
        }
        int read = in.read(buffer, to, buffer.length - to);
        if (read < 0) {
            throw new EOFException("the server has closed the connection");
        }
        to += read;
        return moved;
    }

    private String text(int length) throws IOException {
        while (to - from < length) {
            fill();
        }
        String text = new String(buffer, from, length, StandardCharsets.UTF_8);
        from += length;
        return text;
    }

    private String readLine() throws IOException {
        int end = from;
        while (end == to || buffer[end] != '\n') {
            end = end == to ? end - fill() : end + 1;
        }
        String line = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
        from = end + 1;
        return line.strip();
    }

    /** The next part of an answer that comes in parts; empty at its end. */
    String readPart() throws IOException {
        int length = Integer.parseInt(readLine(), 16);
        String part = text(length);
        readLine();
        return part;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
