// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

/**
 * For how long events stay, in days.
 *
 * @param hot in streams, documents and index
 * @param ceiling in Redis at all, the hot ones included; then they leave for the archive
 * @param remembered in Redis by their ids, after they have left
 */
public record Stay(int hot, int ceiling, int remembered) {
    /**
     * How many days' events are in each tier after {@code days}.
     *
     * @param hot in the streams
     * @param cold in Redis, but not in the streams
     * @param remembered gone, Redis still has their ids
     * @param gone for longer
     */
    public record Days(int hot, int cold, int remembered, int gone) {
        /** Those whose events Redis has. */
        public int kept() {
            return hot + cold;
        }

        /** Those whose events the archive has. */
        public int left() {
            return remembered + gone;
        }
    }

    /** The days of the tiers when events have come in for {@code days}. */
    public Days after(int days) {
        int kept = Math.min(ceiling, days);
        int warm = Math.min(hot, kept);
        int left = days - kept;
        int fresh = Math.min(remembered, left);
        return new Days(warm, kept - warm, fresh, left - fresh);
    }
}
