// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.http.contract.Schema;
import java.util.List;

/** The JSON of retention, as the contract has it. */
final class RetentionSchemas {
    private static final Schema PLACE =
            Schema.fields().with("seq", Schema.whole()).with(EventFields.GLOBAL_POSITION, EventSchemas.POSITION);
    private static final Schema TRIMMED = PLACE.saying("The last event without an entry in the global stream");

    private static final Schema UNINDEXED =
            PLACE.saying("The last event that the index does not have, with everything before it; 0: it has all");

    static final Schema RELEASE = Schema.fields()
            .with("group", Schema.text())
            .with("by", Schema.text().saying("Who said so"))
            .with("at", Schema.time())
            .with("reason", Schema.text())
            .named("GroupRelease");

    private static final Schema OBSTACLE = Schema.fields()
            .with(
                    "kind",
                    Schema.choice(List.of("missing", "waiting"))
                            .saying(
                                    "missing: a required group does not exist; waiting: it has not finished older entries"))
            .with("group", Schema.text())
            .with("finished", Schema.either(Schema.nothing(), PLACE))
            .with("since", Schema.time().orNull().saying("When the first event was recorded that it has not finished"))
            .named("Obstacle");

    private static final Schema CEILING_REPORT = Schema.fields()
            .with("ceiling_ms", Schema.whole().saying("How long events stayed when it ran"))
            .with("before", Schema.time().saying("What was recorded before this may leave the ledger"))
            .with("segments", Schema.whole().saying("Written to the archive"))
            .with("events", Schema.whole().saying("That have left the ledger"))
            .with("held", Schema.whole().saying("Events that stay because their sessions are held"))
            .with("parked", Schema.whole().saying("Events that stay because they are parked"))
            .with(
                    "waiting",
                    Schema.whole()
                            .saying("Events, at most, that stay because their entries do, a required group has not"
                                    + " finished them, or they are the newest"))
            .with("problem", Schema.text().orNull().saying("Why no more has left than has"))
            .named("CeilingReport");

    static final Schema HOLD = Schema.fields()
            .with(EventFields.SESSION_ID, Schema.text())
            .with("by", Schema.text().saying("Who said so"))
            .with("since", Schema.time())
            .with("reason", Schema.text())
            .with("known", Schema.flag().saying("Whether there has ever been an event of it"))
            .named("HeldSession");

    static final Schema HOLDS = Schema.fields().with("holds", Schema.list(HOLD)).named("HeldSessions");

    static final Schema REPORT = Schema.fields()
            .with("dry_run", Schema.flag())
            .with("at", Schema.time())
            .with("hot_window_ms", Schema.whole())
            .with("entries", Schema.whole().saying("Taken out of the global stream"))
            .with("session_streams", Schema.whole().saying("Streams of sessions of which nothing is left"))
            .with("trimmed", TRIMMED)
            .with(
                    "index",
                    Schema.fields()
                            .with("left", Schema.whole().saying("Cold events that left the index"))
                            .with("returned", Schema.whole().saying("Cold events that came back to it"))
                            .with("unindexed", UNINDEXED))
            .with("obstacle", Schema.either(Schema.nothing(), OBSTACLE))
            .with("released", Schema.list(Schema.text()).saying("Groups that were not waited for"))
            .with("ceiling", Schema.either(Schema.nothing(), CEILING_REPORT))
            .named("RetentionReport");

    private static final Schema MEMORY = Schema.fields()
            .with("used_bytes", Schema.whole())
            .with("max_bytes", Schema.whole().saying("0: no limit"))
            .named("StoreMemory");

    private static final Schema SECOND_LOCK = Schema.fields()
            .with("works", Schema.flag().saying("Whether it was tried and holds"))
            .with("seen", Schema.text().saying("What was tried and seen"))
            .saying("Whether the store itself keeps what a group has not acknowledged; every group is asked before")
            .named("SecondLock");

    private static final Schema CEILING = Schema.fields()
            .with("profile", Schema.text())
            .with("ceiling_ms", Schema.whole().saying("As it is set; 0: events stay for ever"))
            .with("ceiling_now_ms", Schema.whole().saying("Shorter while memory is scarce"))
            .with("min_ceiling_ms", Schema.whole())
            .with("floor_ms", Schema.whole().saying("For how long an event must be in the ledger or in the archive"))
            .with("archive", Schema.text().orNull().saying("Where events are archived"))
            .with("archive_required", Schema.flag().saying("Whether events stay where there is no archive"))
            .with("gone_events", Schema.whole().saying("How many have left the ledger"))
            .with("gone_through", PLACE.saying("The last event that has left the ledger"))
            .with("last_pruning_at", Schema.time().orNull())
            .with("last_segment", Schema.text().orNull())
            .with("holds", Schema.whole().saying("Sessions that are held"))
            .named("Ceiling");

    static final Schema STATUS = Schema.fields()
            .with("hot_window_ms", Schema.whole().saying("As it is set"))
            .with("hot_window_now_ms", Schema.whole().saying("Shorter while memory is scarce"))
            .with("min_hot_window_ms", Schema.whole())
            .with("memory", Schema.either(Schema.nothing(), MEMORY))
            .with("trimmed", TRIMMED)
            .with("cold_index", Schema.flag().saying("Whether events without an entry are to be in the index"))
            .with("unindexed", UNINDEXED)
            .with(
                    "groups",
                    Schema.list(Schema.fields()
                            .with("group", Schema.text())
                            .with("finished_seq", Schema.whole())
                            .with("waiting_since", Schema.time().orNull())
                            .with("released", Schema.either(Schema.nothing(), RELEASE))))
            .with(
                    "worker",
                    Schema.either(
                            Schema.nothing(),
                            Schema.fields()
                                    .with("owner", Schema.text())
                                    .with("number", Schema.whole())
                                    .with("until", Schema.time())))
            .with("second_lock", SECOND_LOCK)
            .with("last_run", Schema.either(Schema.nothing(), REPORT))
            .with("ceiling", CEILING)
            .with(
                    "reached_at",
                    Schema.time().orNull().saying("When a run last left nothing behind that is older than the window"))
            .named("Retention");

    private static final Schema TIER = Schema.fields()
            .with("count", Schema.whole().orNull())
            .with("estimated_bytes", Schema.whole().orNull())
            .named("Tier");

    static final Schema STATS = Schema.fields()
            .with("oldest_entry_at", Schema.time().orNull().saying("When the oldest entry of the stream was recorded"))
            .with("stream", TIER)
            .with("session_streams", TIER)
            .with("documents", TIER)
            .with("payloads", TIER)
            .with("index", TIER)
            .with(
                    "cold",
                    TIER.saying("Events that the index does not have any more, and what leads to them by session"))
            .with("sessions", TIER)
            .with(
                    "groups",
                    Schema.list(Schema.fields()
                            .with("group", Schema.text())
                            .with("consumers", Schema.whole())
                            .with("pending", Schema.whole())))
            .with("memory", Schema.either(Schema.nothing(), MEMORY))
            .with("second_lock", SECOND_LOCK)
            .named("Stats");

    private RetentionSchemas() {}
}
