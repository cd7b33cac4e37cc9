// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The first of the differences that a comparison finds.
 *
 * <p><b>Threads.</b> For one thread.
 */
public final class Findings implements Consumer<Difference> {
    private final int max;
    private final List<Difference> named = new ArrayList<>();

    /** Remembers the first {@code max}. */
    public Findings(int max) {
        this.max = max;
    }

    @Override
    public void accept(Difference difference) {
        if (named.size() < max) {
            named.add(difference);
        }
    }

    /** Those that were remembered, in the order in which they were found. */
    public List<Difference> named() {
        return List.copyOf(named);
    }
}
