// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import java.util.List;

/**
 * What became of a person in one place.
 *
 * @param place a stable name for machines
 * @param found how many things about the person were there when the erasure came upon them
 * @param done what was done, and how it is there now; empty where nothing is done yet
 * @param remains what is left for the operator to look after; empty where nothing is
 * @param unreadable why what is left there cannot be read all the same; empty where nothing is left
 */
public record Sweep(String place, long found, String done, List<String> remains, String unreadable) {
    /** Found, and nothing done yet. */
    static Sweep begun(String place, long found) {
        return new Sweep(place, found, "", List.of(), "");
    }

    public Sweep {
        remains = List.copyOf(remains);
    }

    /** The same of a place that is called otherwise. */
    Sweep at(String name) {
        return new Sweep(name, found, done, remains, unreadable);
    }

    /** The same after an earlier look, which may have found more: a part of it was done then. */
    Sweep after(Sweep before) {
        return new Sweep(place, Math.max(found, before.found()), done, remains, unreadable);
    }
}
