// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.load.HttpConnection;
import io.contextgraph.bench.load.Load;
import java.io.IOException;

/** What the server says of itself before and after. */
final class Scrapes implements Load.Watch, AutoCloseable {
    private final HttpConnection connection;
    private final boolean warmsUp;
    private String before;
    private String after = "";

    /** @param warmsUp whether there are requests that do not count */
    Scrapes(HttpConnection connection, boolean warmsUp) throws IOException {
        this.connection = connection;
        this.warmsUp = warmsUp;
        before = connection.get("/metrics");
    }

    @Override
    public void begin() throws IOException {
        // Beside requests a scrape of a busy machine takes as long as all of them may.
        if (warmsUp) {
            before = connection.get("/metrics");
        }
    }

    @Override
    public void end() throws IOException {
        after = connection.get("/metrics");
    }

    ServerHistogram between(String family, String labels) throws IOException {
        return ServerHistogram.between(before, after, family, labels);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
