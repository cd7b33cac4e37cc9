// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.event.EventQuery;
import java.io.IOException;
import java.sql.SQLException;

/** A store that is read. */
public interface Readings extends AutoCloseable {
    String name();

    /** Takes the first {@code events} events of the workload. */
    void load(int events) throws Exception;

    /** What an event takes, as text. */
    String size(int events) throws Exception;

    /** A page that can be asked for, again and again. */
    interface Page {
        Content read() throws Exception;
    }

    /**
     * What is on a page.
     *
     * @param events how many
     * @param next the page after it
     */
    record Content(int events, Page next) {}

    /** The first page of an answer. */
    Page page(EventQuery query);

    /** Reads on in commit order; returns how many events came. */
    int replay(long after, int max) throws Exception;

    @Override
    void close() throws IOException, SQLException;
}
