// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Optional;

/** What a server's {@code WAITAOF} is worth. */
public enum WaitAof {
    /** It has no such command. */
    MISSING,
    /** It does not let the user that appends give it. */
    REFUSED,
    /** It does not tell who appends which line of writes it follows: another one may confirm what it has lost. */
    UNFOLLOWED,
    /** It may answer before the disk has the write: see {@link Release#confirmsTooEarly}. */
    EARLY,
    /** It answers when the disk has the write. */
    TRUSTED;

    /**
     * What is known of it.
     *
     * @param known whether the server has the command
     * @param appendFsync the setting of that name; empty where the server hides it, which is taken for its default
     */
    public static WaitAof of(boolean known, Release release, Optional<String> appendFsync) {
        if (!known) {
            return MISSING;
        }
        return appendFsync.orElse("everysec").equals("everysec") && release.confirmsTooEarly() ? EARLY : TRUSTED;
    }
}
