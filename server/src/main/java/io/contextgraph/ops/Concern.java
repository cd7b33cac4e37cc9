// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

/**
 * Something that needs looking after, by a name that does not change.
 *
 * @param name in lower case, words joined by underscores; clients and alerts know it
 * @param stopsAppends whether no event can be appended meanwhile
 */
public record Concern(String name, boolean stopsAppends) {
    /** One that leaves appends alone. */
    public static Concern degrading(String name) {
        return new Concern(name, false);
    }

    /** One with which no event can be appended. */
    public static Concern stopping(String name) {
        return new Concern(name, true);
    }
}
