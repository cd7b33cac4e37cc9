// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

/** The minutes of an {@link ArchiveWatch}, where a test says when one has passed. */
public final class Watching {
    private Watching() {}

    /**
     * A minute has passed.
     *
     * @throws IllegalStateException when not all of the archive can be used
     */
    public static void look(ArchiveWatch watch) {
        watch.look();
        watch.failure().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
    }
}
