// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.retention.RetentionStatus.CeilingStatus;
import io.contextgraph.retention.RetentionStatus.GroupStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What retention says of itself as JSON, for clients and for what it remembers; each is read beside where it is written. */
public final class RetentionJson {
    private static final String GROUP = "group";
    private static final String RELEASED = "released";
    private static final String OBSTACLE = "obstacle";
    private static final String TRIMMED = "trimmed";
    private static final String UNINDEXED = "unindexed";
    private static final String INDEX = "index";
    private static final String GROUPS = "groups";
    private static final String CEILING = "ceiling";
    private static final String SECOND_LOCK = "second_lock";

    private RetentionJson() {}

    /** {@code group}, {@code by}, {@code at}, {@code reason}. */
    public static ObjectNode of(GroupRelease release) {
        return Json.MAPPER
                .createObjectNode()
                .put(GROUP, release.group())
                .put("by", release.by())
                .put("at", Times.format(release.at()))
                .put("reason", release.reason());
    }

    public static GroupRelease release(JsonNode json) {
        return new GroupRelease(text(json, GROUP), text(json, "by"), time(json, "at"), text(json, "reason"));
    }

    /** {@code dry_run}, {@code at}, {@code hot_window_ms}, the counts, {@code trimmed}, {@code index}, {@code obstacle}, {@code released}, {@code ceiling}. */
    public static ObjectNode of(RetentionReport report) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("dry_run", report.dryRun());
        json.put("at", Times.format(report.at()));
        json.put("hot_window_ms", report.hotWindow().toMillis());
        json.put("entries", report.entries());
        json.put("session_streams", report.sessionStreams());
        json.set(TRIMMED, of(report.trimmed()));
        ObjectNode index = Json.MAPPER
                .createObjectNode()
                .put("left", report.index().left())
                .put("returned", report.index().returned());
        index.set(UNINDEXED, of(report.index().unindexed()));
        json.set(INDEX, index);
        set(json, OBSTACLE, report.obstacle().map(RetentionJson::of));
        report.released().forEach(json.putArray(RELEASED)::add);
        set(json, CEILING, report.ceiling().map(RetentionJson::of));
        return json;
    }

    private static ObjectNode of(CeilingReport report) {
        return Json.MAPPER
                .createObjectNode()
                .put("ceiling_ms", report.ceiling().toMillis())
                .put("before", Times.format(report.before()))
                .put("segments", report.segments())
                .put("events", report.events())
                .put("held", report.held())
                .put("parked", report.parked())
                .put("waiting", report.waiting())
                .put("problem", report.problem().orElse(null));
    }

    private static CeilingReport ceilingReport(JsonNode json) {
        return new CeilingReport(
                millis(json, "ceiling_ms"),
                time(json, "before"),
                json.required("segments").longValue(),
                json.required("events").longValue(),
                json.required("held").longValue(),
                json.required("parked").longValue(),
                json.required("waiting").longValue(),
                maybe(json, "problem", JsonNode::stringValue));
    }

    public static RetentionReport report(JsonNode json) {
        return new RetentionReport(
                json.required("dry_run").booleanValue(),
                time(json, "at"),
                millis(json, "hot_window_ms"),
                json.required("entries").longValue(),
                json.required("session_streams").longValue(),
                head(json.required(TRIMMED)),
                index(json.required(INDEX)),
                maybe(json, OBSTACLE, RetentionJson::obstacle),
                json.required(RELEASED).valueStream().map(JsonNode::stringValue).toList(),
                // A run that is remembered may be of an older program.
                json.path(CEILING).isObject() ? Optional.of(ceilingReport(json.required(CEILING))) : Optional.empty());
    }

    private static IndexChange index(JsonNode json) {
        return new IndexChange(
                json.required("left").longValue(),
                json.required("returned").longValue(),
                head(json.required(UNINDEXED)));
    }

    private static ObjectNode of(Head head) {
        return Json.MAPPER
                .createObjectNode()
                .put("seq", head.seq())
                .put("global_position", head.position().toString());
    }

    private static Head head(JsonNode json) {
        return new Head(json.required("seq").longValue(), Position.of(text(json, "global_position")));
    }

    private static ObjectNode of(Obstacle obstacle) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        switch (obstacle) {
            case Obstacle.Missing missing ->
                json.put("kind", "missing")
                        .put(GROUP, missing.group())
                        .putNull("finished")
                        .putNull("since");
            case Obstacle.Waiting waiting -> {
                json.put("kind", "waiting").put(GROUP, waiting.group());
                json.set("finished", of(waiting.finished()));
                json.put("since", Times.format(waiting.since()));
            }
        }
        return json;
    }

    private static Obstacle obstacle(JsonNode json) {
        return text(json, "kind").equals("missing")
                ? new Obstacle.Missing(text(json, GROUP))
                : new Obstacle.Waiting(text(json, GROUP), head(json.required("finished")), time(json, "since"));
    }

    /**
     * The windows, {@code memory}, {@code trimmed}, {@code cold_index}, {@code unindexed}, {@code groups},
     * {@code worker}, {@code second_lock}, {@code last_run}, {@code ceiling}, {@code reached_at}.
     */
    public static ObjectNode of(RetentionStatus status) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("hot_window_ms", status.hotWindow().toMillis());
        json.put("hot_window_now_ms", status.hotWindowNow().toMillis());
        json.put("min_hot_window_ms", status.minHotWindow().toMillis());
        set(json, "memory", status.memory().map(RetentionJson::of));
        json.set(TRIMMED, of(status.trimmed()));
        json.put("cold_index", status.coldIndex());
        json.set(UNINDEXED, of(status.unindexed()));
        var groups = json.putArray(GROUPS);
        status.groups().forEach(group -> groups.add(of(group)));
        set(json, "worker", status.worker().map(RetentionJson::of));
        json.set(SECOND_LOCK, of(status.secondLock()));
        set(json, "last_run", status.lastRun().map(RetentionJson::of));
        json.set(CEILING, of(status.ceiling()));
        json.put("reached_at", status.reachedAt().map(Times::format).orElse(null));
        return json;
    }

    public static RetentionStatus status(JsonNode json) {
        return new RetentionStatus(
                millis(json, "hot_window_ms"),
                millis(json, "hot_window_now_ms"),
                millis(json, "min_hot_window_ms"),
                maybe(json, "memory", RetentionJson::memory),
                head(json.required(TRIMMED)),
                json.required("cold_index").booleanValue(),
                head(json.required(UNINDEXED)),
                json.required(GROUPS).valueStream().map(RetentionJson::group).toList(),
                maybe(json, "worker", RetentionJson::worker),
                secondLock(json.required(SECOND_LOCK)),
                maybe(json, "last_run", RetentionJson::report),
                ceiling(json.required(CEILING)),
                maybe(json, "reached_at", at -> instant(at.stringValue())));
    }

    private static ObjectNode of(CeilingStatus ceiling) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("profile", ceiling.profile())
                .put("ceiling_ms", ceiling.set().toMillis())
                .put("ceiling_now_ms", ceiling.now().toMillis())
                .put("min_ceiling_ms", ceiling.least().toMillis())
                .put("floor_ms", ceiling.floor().toMillis())
                .put("archive", ceiling.archive().orElse(null))
                .put("archive_required", ceiling.archiveRequired())
                .put("gone_events", ceiling.gone());
        json.set("gone_through", of(ceiling.through()));
        return json.put("last_pruning_at", ceiling.lastAt().map(Times::format).orElse(null))
                .put("last_segment", ceiling.lastSegment().orElse(null))
                .put("holds", ceiling.holds());
    }

    private static CeilingStatus ceiling(JsonNode json) {
        return new CeilingStatus(
                text(json, "profile"),
                millis(json, "ceiling_ms"),
                millis(json, "ceiling_now_ms"),
                millis(json, "min_ceiling_ms"),
                millis(json, "floor_ms"),
                maybe(json, "archive", JsonNode::stringValue),
                json.required("archive_required").booleanValue(),
                json.required("gone_events").longValue(),
                head(json.required("gone_through")),
                maybe(json, "last_pruning_at", at -> instant(at.stringValue())),
                maybe(json, "last_segment", JsonNode::stringValue),
                json.required("holds").longValue());
    }

    /** {@code session_id}, {@code by}, {@code since}, {@code reason}, {@code known}. */
    public static ObjectNode of(HeldSession held) {
        return Json.MAPPER
                .createObjectNode()
                .put(EventFields.SESSION_ID, held.session().value())
                .put("by", held.by())
                .put("since", Times.format(held.since()))
                .put("reason", held.reason())
                .put("known", held.known());
    }

    public static HeldSession held(JsonNode json) {
        return new HeldSession(
                new SessionId(text(json, EventFields.SESSION_ID)),
                text(json, "by"),
                time(json, "since"),
                text(json, "reason"),
                json.required("known").booleanValue());
    }

    /** {@code holds}, each as {@link #of(HeldSession)} has it. */
    public static ObjectNode of(List<HeldSession> holds) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        var all = json.putArray("holds");
        holds.forEach(held -> all.add(of(held)));
        return json;
    }

    public static List<HeldSession> holds(JsonNode json) {
        return json.required("holds").valueStream().map(RetentionJson::held).toList();
    }

    private static ObjectNode of(StoreMemory memory) {
        return Json.MAPPER
                .createObjectNode()
                .put("used_bytes", memory.usedBytes())
                .put("max_bytes", memory.maxBytes());
    }

    private static StoreMemory memory(JsonNode json) {
        return new StoreMemory(
                json.required("used_bytes").longValue(),
                json.required("max_bytes").longValue());
    }

    private static ObjectNode of(GroupStatus group) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(GROUP, group.name())
                .put("finished_seq", group.finishedSeq())
                .put("waiting_since", group.waitingSince().map(Times::format).orElse(null));
        set(json, RELEASED, group.release().map(RetentionJson::of));
        return json;
    }

    private static GroupStatus group(JsonNode json) {
        return new GroupStatus(
                text(json, GROUP),
                json.required("finished_seq").longValue(),
                maybe(json, "waiting_since", at -> instant(at.stringValue())),
                maybe(json, RELEASED, RetentionJson::release));
    }

    /** {@code works}, {@code seen}. */
    public static ObjectNode of(SecondLock lock) {
        return Json.MAPPER.createObjectNode().put("works", lock.works()).put("seen", lock.seen());
    }

    private static SecondLock secondLock(JsonNode json) {
        return new SecondLock(json.required("works").booleanValue(), text(json, "seen"));
    }

    private static ObjectNode of(Lease.Holder worker) {
        return Json.MAPPER
                .createObjectNode()
                .put("owner", worker.owner())
                .put("number", worker.number())
                .put("until", Times.format(worker.until()));
    }

    private static Lease.Holder worker(JsonNode json) {
        return new Lease.Holder(text(json, "owner"), json.required("number").longValue(), time(json, "until"));
    }

    /** What was remembered; nothing of what cannot be read. */
    static <T> Optional<T> remembered(Optional<String> text, Function<JsonNode, T> reader) {
        try {
            return text.map(Json.MAPPER::readTree).map(reader);
        } catch (JacksonException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static void set(ObjectNode json, String name, Optional<ObjectNode> value) {
        value.ifPresentOrElse(there -> json.set(name, there), () -> json.putNull(name));
    }

    private static <T> Optional<T> maybe(JsonNode json, String name, Function<JsonNode, T> reader) {
        JsonNode value = json.required(name);
        return value.isNull() ? Optional.empty() : Optional.of(reader.apply(value));
    }

    private static String text(JsonNode json, String name) {
        return json.required(name).stringValue();
    }

    private static Duration millis(JsonNode json, String name) {
        return Duration.ofMillis(json.required(name).longValue());
    }

    private static Instant time(JsonNode json, String name) {
        return instant(text(json, name));
    }

    private static Instant instant(String text) {
        return Times.parse(text).orElseThrow(() -> new IllegalArgumentException("not a time: " + text));
    }
}
