// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Instant;

/**
 * A parked entry that was given up for good: the record of it.
 *
 * @param id names this record
 * @param entry as it was parked
 * @param reason why it was given up, in the words of who did it
 * @param droppedAt when
 */
public record DroppedEntry(ParkedId id, ParkedEntry entry, String reason, Instant droppedAt) {
    /** Longest reason, in characters. */
    public static final int MAX_REASON = 500;

    /** Whether {@code text} may be a reason: not blank, not too long, on one line. */
    public static boolean isReason(String text) {
        return !text.isBlank()
                && text.codePointCount(0, text.length()) <= MAX_REASON
                && text.chars().noneMatch(Character::isISOControl);
    }
}
