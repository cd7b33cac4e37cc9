// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

/** Why nothing was appended for a while. */
public enum Cause {
    /** A command that adds to tables took long while nothing was forked: a table was made larger, or an index. */
    GROWTH("table growth"),
    /** Redis stood still while its memory map was copied, for a rewrite, a snapshot or the index's clean-up. */
    FORK("fork"),
    /** A forked process worked beside Redis: pages that are written to are copied, and it takes a processor. */
    REWRITE("rewrite"),
    /** Redis waited for the disk. */
    SYNC("sync"),
    /** Redis had something to do, and no processor to do it on: other processes had them all. */
    PROCESSOR("no processor for Redis"),
    /** The JVM of the appender stood still. */
    COLLECTION("garbage collection"),
    /** The process of the appender was not let to work. */
    GENERATOR("load generator"),
    /** None of these. */
    UNEXPLAINED("unexplained");

    private final String shown;

    Cause(String shown) {
        this.shown = shown;
    }

    /** In a few words. */
    public String shown() {
        return shown;
    }
}
