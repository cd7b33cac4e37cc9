// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Something that can be looked at: a part brings one for each of its sides, for health, start and {@code doctor} alike. */
public interface Check {
    /** What is looked at, such as {@code redis}. */
    String name();

    /** Looks, often and briefly. */
    Checked look();

    /**
     * What can be said by one question, or by none, where looking takes longer than there is time, as with a store that is far away.
     * It is asked beside looking, and throws where it has no answer. Empty: what cannot be looked at in time is unavailable.
     */
    default Optional<Supplier<Checked>> pulse() {
        return Optional.empty();
    }

    /** Looks closely, for somebody who waits for it. */
    default List<Finding> examine() {
        return look().findings();
    }

    /** What it means that looking fails, or takes too long. */
    Concern unavailable();

    /** All that looking can find; each has a series of its own in the metrics. */
    default Set<Concern> concerns() {
        return Set.of(unavailable());
    }

    /**
     * What was seen.
     *
     * @param ready whether it does its work now
     */
    record Checked(boolean ready, List<Finding> findings) {
        public Checked {
            findings = List.copyOf(findings);
        }
    }
}
