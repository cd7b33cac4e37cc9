// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Held by one at a time, until it lets go or has not renewed it in time. */
public interface Lease {
    /** Takes it where nobody has it; each taking has a greater number. */
    Optional<Fence> take(String owner, Duration forHowLong);

    /**
     * Keeps it for as long again.
     *
     * @return false where it has been lost
     */
    boolean renew(Fence fence, Duration forHowLong);

    /** Lets it go; nothing where another has it. */
    void release(Fence fence);

    /** Who has it now. */
    Optional<Holder> holder();

    /** Who has a lease, and until when. */
    record Holder(String owner, long number, Instant until) {}
}
