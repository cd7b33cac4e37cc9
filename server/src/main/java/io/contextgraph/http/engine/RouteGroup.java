// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import java.util.List;

/** Routes that belong together, and what they keep for clients that stay. */
public interface RouteGroup extends AutoCloseable {
    List<Route> routes();

    /** Lets go whoever waits for something, before the server stops; nobody waits from now on. */
    @Override
    default void close() {}
}
