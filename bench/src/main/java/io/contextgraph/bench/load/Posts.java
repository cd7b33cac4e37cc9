// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.stream.LongStream;
import javax.net.SocketFactory;

/** A writer with a connection of its own; what it appends must be new. */
public abstract class Posts implements Load.Step {
    private final HttpConnection connection;

    public Posts(URI server) {
        this(server, "");
    }

    /** @param headers of each request, each with the end of its line */
    public Posts(URI server, String headers) {
        this(server, headers, SocketFactory.getDefault());
    }

    /**
     * @param headers of each request, each with the end of its line
     * @param sockets those of TLS for a server that wants it
     */
    public Posts(URI server, String headers, SocketFactory sockets) {
        try {
            connection = new HttpConnection(server, headers, sockets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the answer */
    public String postOne(long number) throws IOException {
        return postOne(Workload.json(number));
    }

    /** @return the answer */
    protected final String postOne(String event) throws IOException {
        String answer = connection.post("/v1/events", event, 201);
        if (!answer.contains("\"duplicate\":false")) {
            throw new IOException("not appended: " + answer);
        }
        return answer;
    }

    /** @return the answer */
    public String postBatch(LongStream numbers, int count) throws IOException {
        String answer = connection.post("/v1/events/batch", Workload.batch(numbers), 201);
        if (!answer.startsWith("{\"accepted\":" + count + ",\"rejected\":0,\"duplicates\":0")) {
            throw new IOException("not appended: " + answer);
        }
        return answer;
    }

    /** Sends spans as OTLP/protobuf, all of which must be taken. */
    protected final void postSpans(byte[] request) throws IOException {
        if (!connection.postBytes("/v1/traces", request, "application/x-protobuf")) {
            throw new IOException("not everything was taken");
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
