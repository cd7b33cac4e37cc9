// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.util.Optional;

/**
 * One result of an examination.
 *
 * @param level how bad it is
 * @param subject what was looked at
 * @param message what was found, and what to do about it
 * @param concern what health calls it; empty where it is for people only
 * @param forbidsStart whether a server must not begin: what is set can never be kept
 */
public record Finding(Level level, String subject, String message, Optional<Concern> concern, boolean forbidsStart) {
    /** How bad. */
    public enum Level {
        OK,
        WARNING,
        PROBLEM
    }

    /** Something that is for people only. */
    public static Finding of(Level level, String subject, String message) {
        return new Finding(level, subject, message, Optional.empty(), false);
    }

    /** The same, and health tells of it. */
    public Finding as(Concern newConcern) {
        return new Finding(level, subject, message, Optional.of(newConcern), forbidsStart);
    }

    /** The same, and a server must not begin with it. */
    public Finding forbiddingStart() {
        return new Finding(level, subject, message, concern, true);
    }
}
