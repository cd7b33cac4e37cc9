// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import tools.jackson.databind.node.ObjectNode;

/** Long work that can be begun at any time. */
public interface Work {
    /** What kind of work it is, by a stable name for machines. */
    String kind();

    /** What it works on: of all that works on the same, one runs at a time. */
    String lock();

    /**
     * Does what must be done before anybody is told that it is begun; by nobody else at the same time. What it throws is told to
     * whoever wanted to begin it, and nothing is begun.
     */
    default void prepare() {}

    /**
     * Does it.
     *
     * @param watcher told how far it has come; what it throws ends the work, which can be done again
     * @return what was found and done, as clients see it
     * @throws WorkFailedException with a reason that clients may read
     */
    ObjectNode run(Watcher watcher);
}
