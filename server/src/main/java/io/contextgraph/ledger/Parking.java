// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The entries that groups have parked: acknowledged, so that they hold nobody up, and kept for an operator.
 *
 * <p><b>Guarantees.</b> An entry is parked in the same step that acknowledges it ({@link EventFeed.Consumer#park}), and
 * leaves by {@link #release} or {@link #drop} only. Each call is atomic.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface Parking {
    /** How many {@link #each} asks for at once. */
    int PAGE = 500;

    /**
     * What is parked, in the order of parking.
     *
     * @param after the last one of the page before; empty to begin
     * @param max most entries to return, at least 1
     */
    List<ParkedEntry> list(Optional<ParkedId> after, int max);

    /**
     * Everything that is parked, in the order of parking; an entry may leave while it is looked at.
     *
     * @param look given one after the other
     */
    default void each(Consumer<ParkedEntry> look) {
        List<ParkedEntry> page = list(Optional.empty(), PAGE);
        while (!page.isEmpty()) {
            page.forEach(look);
            page = list(Optional.of(page.getLast().id()), PAGE);
        }
    }

    /** One entry; empty where it is not parked (any more). */
    Optional<ParkedEntry> find(ParkedId id);

    /**
     * Forgets an entry that has been processed after all.
     *
     * @return whether it was still there
     */
    boolean release(ParkedId id);

    /**
     * Gives an entry up for good, and records that.
     *
     * @param reason why, for whoever asks later
     * @return whether it was still there
     */
    boolean drop(ParkedId id, String reason);

    /**
     * What has been given up, in the order in which that was done.
     *
     * @param after the last one of the page before; empty to begin
     * @param max most entries to return, at least 1
     */
    List<DroppedEntry> dropped(Optional<ParkedId> after, int max);
}
