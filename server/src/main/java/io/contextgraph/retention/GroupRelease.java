// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A required group that holds nothing up for a while, because somebody said so; ends when it has caught up.
 *
 * @param by who said so
 * @param reason why, on one line of 1 to {@value #MAX_REASON} characters
 */
public record GroupRelease(String group, String by, Instant at, String reason) {
    public static final int MAX_REASON = 500;

    /** Times to the millisecond. */
    public GroupRelease {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Whether a text can be a reason. */
    public static boolean isReason(String text) {
        return !text.isBlank()
                && text.length() <= MAX_REASON
                && text.codePoints().noneMatch(Character::isISOControl);
    }
}
