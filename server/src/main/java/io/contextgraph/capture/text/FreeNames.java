// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Finds names in an object for what would otherwise take the name of something else in it: {@code name#2} and so on. */
public final class FreeNames {
    private final Predicate<String> taken;

    /** By name, the last number that was tried: however often it comes, none is tried twice. */
    private final Map<String, Integer> last = new HashMap<>();

    /** @param taken whether a name is in use */
    public FreeNames(Predicate<String> taken) {
        this.taken = taken;
    }

    /** The name itself, where it is not in use, else the first that is like it. */
    public String like(String name) {
        String free = name;
        while (taken.test(free)) {
            free = name + "#" + last.merge(name, 2, (number, two) -> number + 1);
        }
        return free;
    }
}
