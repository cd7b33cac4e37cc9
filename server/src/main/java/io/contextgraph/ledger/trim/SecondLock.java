// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

/**
 * Whether the store itself keeps what a group has not acknowledged, whatever it is told to take: a second lock behind the
 * rule, which asks the groups. It counts only while every group there is must have finished an entry: it asks all of them.
 *
 * @param works whether it was tried and holds
 * @param seen what was tried and seen, for people
 */
public record SecondLock(boolean works, String seen) {
    /** For people: which locks there are. */
    public String describe() {
        return works ? "the groups are asked, and " + seen : "the groups are asked; no second lock: " + seen;
    }
}
