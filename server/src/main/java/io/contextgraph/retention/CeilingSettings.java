// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.archive.Segment;
import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.proof.ProofSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When events leave the ledger for the archive.
 *
 * @param profile what the others were set by, where nobody has set them
 * @param ceiling how long an event stays, from when the ledger took it; zero: for ever
 * @param minCeiling how short that becomes while memory is scarce
 * @param floor for how long an event must be in the ledger or in the archive
 * @param remember for how long the ledger itself remembers the id of an event that has gone
 * @param span the ceiling goes forward in steps of this length, counted from 1970: events of one leave together
 * @param segmentEvents most events of a segment of the archive
 * @param archiveRequired whether events stay where there is no archive
 * @param sealedOnly whether events stay that no signed checkpoint covers
 */
public record CeilingSettings(
        RetentionProfile profile,
        Duration ceiling,
        Duration minCeiling,
        Duration floor,
        Duration remember,
        Duration span,
        int segmentEvents,
        boolean archiveRequired,
        boolean sealedOnly) {
    public static final Setting<RetentionProfile> PROFILE = Setting.of(
            "retention.profile",
            "default",
            Forms.oneOf(List.of(RetentionProfile.values()), RetentionProfile::wireName),
            "What retention is for: sets what nobody has set, and refuses what contradicts it. unlimited: no ceiling. eu-ai-act:"
                    + " a floor of 184d, an archive before anything goes, durability fsync.");
    public static final Setting<Duration> CEILING = Setting.of(
            "retention.ceiling",
            "90d",
            Forms.durationOrNone("1s"),
            "How long an event stays in Redis, from when the ledger took it; then it is archived and goes. 0: for ever.");
    public static final Setting<Duration> MIN_CEILING = Setting.of(
            "retention.min-ceiling",
            "30d",
            Forms.duration("1s"),
            "How short the ceiling becomes, in steps, while Redis uses much of its maxmemory and the hot window is as short as it"
                    + " may be.");
    public static final Setting<Duration> FLOOR = Setting.of(
            "retention.floor",
            "0",
            Forms.durationOrNone("1s"),
            "For how long an event must be in Redis or in the archive; without an archive nothing younger goes. 0: no floor.");
    public static final Setting<Duration> REMEMBER = Setting.of(
            "retention.remember",
            "30d",
            Forms.duration("1s"),
            "How long Redis itself remembers the ids of events that have gone; after that the archive's files of ids do.");
    public static final Setting<Duration> SPAN = Setting.of(
            "retention.segment-span",
            "1d",
            Forms.duration("1s"),
            "The ceiling goes forward in steps of this length, counted from 1970: what was recorded in one of them leaves"
                    + " together, when all of it is past the ceiling.");
    public static final Setting<Integer> SEGMENT_EVENTS = Setting.of(
            "retention.segment-events",
            "20000",
            Forms.whole(1, Segment.MAX_EVENTS),
            "Most events of a segment of the archive.");

    public static final SettingGroup SETTINGS = new SettingGroup(
            List.of(PROFILE, CEILING, MIN_CEILING, FLOOR, REMEMBER, SPAN, SEGMENT_EVENTS), CeilingSettings::wrong);

    private static List<String> wrong(Settings settings) {
        List<String> wrong = new ArrayList<>(settings.get(PROFILE).contradictions(settings));
        Duration ceiling = settings.get(CEILING);
        if (ceiling.isZero()) {
            return wrong;
        }
        if (settings.isSet(CEILING) && ceiling.compareTo(settings.get(RetentionSettings.HOT_WINDOW)) < 0) {
            wrong.add(CEILING.key() + " must not be shorter than " + RetentionSettings.HOT_WINDOW.key());
        }
        if (settings.isSet(MIN_CEILING)
                && settings.get(MIN_CEILING).compareTo(from(settings).ceiling()) > 0) {
            wrong.add(MIN_CEILING.key() + " must not be longer than " + CEILING.key());
        }
        boolean never = settings.get(ArchiveSettings.LOCATION).isEmpty() && !settings.get(ArchiveSettings.REQUIRED);
        if (never && settings.get(FLOOR).compareTo(from(settings).ceiling()) > 0) {
            wrong.add(FLOOR.key() + " must not be longer than " + CEILING.key() + " where "
                    + ArchiveSettings.LOCATION.key() + " is empty and " + ArchiveSettings.REQUIRED.key()
                    + " is false: what goes is nowhere then");
        }
        return wrong;
    }

    /** As they are set; what nobody has set is no shorter than the hot window, and no least is longer than the ceiling. */
    public static CeilingSettings from(Settings settings) {
        Duration ceiling = settings.get(CEILING);
        if (!ceiling.isZero()) {
            ceiling = longer(ceiling, settings.get(RetentionSettings.HOT_WINDOW));
        }
        return new CeilingSettings(
                settings.get(PROFILE),
                ceiling,
                settings.get(MIN_CEILING),
                settings.get(FLOOR),
                settings.get(REMEMBER),
                settings.get(SPAN),
                settings.get(SEGMENT_EVENTS),
                settings.get(ArchiveSettings.REQUIRED),
                settings.get(ProofSettings.ENABLED));
    }

    public CeilingSettings {
        minCeiling = minCeiling.compareTo(ceiling) > 0 ? ceiling : minCeiling;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** Whether events go at all. */
    boolean isOn() {
        return !ceiling.isZero();
    }

    /**
     * What the ceiling is next: as the hot window, but it shrinks only when the hot window cannot any more.
     *
     * @param now what it is, whatever was set then
     * @param windowLeast whether the hot window is as short as it may be
     * @param percent of its memory that the store uses; 0 where that is not known
     * @param archived whether what goes is archived
     */
    Duration next(Duration now, boolean windowLeast, int percent, boolean archived) {
        Duration within = within(now, archived);
        if (percent >= HotWindow.SCARCE_PERCENT) {
            return windowLeast ? within(within.dividedBy(2), archived) : within;
        }
        return percent < HotWindow.ENOUGH_PERCENT ? within(within.multipliedBy(2), archived) : within;
    }

    /** The nearest that the settings allow. */
    Duration within(Duration now, boolean archived) {
        Duration least = archived ? minCeiling : longer(minCeiling, floor);
        Duration most = longer(ceiling, archived ? ceiling : floor);
        return now.compareTo(most) > 0 ? most : longer(now, least);
    }

    /** The same with another ceiling. */
    CeilingSettings withCeiling(Duration other) {
        return new CeilingSettings(
                profile, other, minCeiling, floor, remember, span, segmentEvents, archiveRequired, sealedOnly);
    }

    /** What was recorded before this may leave now. */
    Instant before(Instant now) {
        long millis = span.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(now.minus(ceiling).toEpochMilli(), millis) * millis);
    }

    /** Why events leave, for people. */
    String rule() {
        return "ceiling " + Forms.text(ceiling);
    }
}
