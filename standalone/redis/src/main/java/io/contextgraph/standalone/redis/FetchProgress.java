// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

/** Told what happens when a server is looked for. */
@FunctionalInterface
public interface FetchProgress {
    /** What everybody should know, in one line: a fetch that begins, or one that came to nothing. */
    void notice(String line);

    /**
     * How far a fetch has come.
     *
     * @param done bytes so far, about
     * @param total bytes in all
     */
    default void bytes(long done, long total) {}
}
