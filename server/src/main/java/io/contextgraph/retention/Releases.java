// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.partition.Partition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Required groups that hold nothing up because somebody said so, each until it has caught up. */
record Releases(Partition ledger, RetentionSettings settings) {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);

    /**
     * Groups that are still released.
     *
     * @param before what was recorded before may go
     */
    List<String> held(Remembered remembered, Instant before) {
        return remembered.releases().keySet().stream()
                .filter(group -> settings.requiredGroups().contains(group))
                .filter(group -> !hasCaughtUp(group, before))
                .toList();
    }

    /** The same; of those that have caught up the release ends. */
    List<String> settled(Remembered remembered, Instant before) {
        List<String> held = held(remembered, before);
        remembered.releases().values().stream()
                .filter(release -> !held.contains(release.group()))
                .forEach(release -> {
                    Remembered.ended(ledger.tiers().notes(), release);
                    LOG.info("retention: the group {} has caught up, and is required again", release.group());
                });
        return held;
    }

    /** Whether a group would hold nothing up: it has finished what has no entry any more, and what may go now. */
    private boolean hasCaughtUp(String group, Instant before) {
        EventFeed.Progress progress = ledger.feed(group).progress();
        return progress.seenThroughSeq() >= ledger.trimming().trimmed().seq()
                && progress.waitingSince()
                        .filter(since -> since.isBefore(before))
                        .isEmpty();
    }

    /** @return empty where the group is not required */
    Optional<GroupRelease> add(String group, String by, Instant at, String reason) {
        if (!settings.requiredGroups().contains(group)) {
            return Optional.empty();
        }
        if (!GroupRelease.isReason(reason)) {
            throw new IllegalArgumentException(
                    "a release needs a reason of 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        GroupRelease release = new GroupRelease(group, by, at, reason);
        Remembered.released(ledger.tiers().notes(), release);
        LOG.warn("retention: {} has released the group {}: {}", by, group, reason);
        return Optional.of(release);
    }
}
