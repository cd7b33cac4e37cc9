// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Envelope;
import io.contextgraph.event.EventField;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Original;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.openapi.ProblemSchemas;
import io.contextgraph.http.personal.ErasureSchemas;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.wire.PageJson;
import io.contextgraph.wire.SessionRemains;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The JSON of events and sessions, as the contract has it. */
final class EventSchemas {
    static final Schema POSITION = Schema.text().saying("Place in the ledger; rises in commit order, opaque otherwise");
    /** What the contract says of fields beside their types. */
    private static final Map<String, String> NOTES = Map.of(
            EventFields.PAYLOAD_REF, "May be left out when the event brings a payload",
            EventFields.PAYLOAD, "Any JSON object, at most " + EventLimits.DEFAULTS.maxPayloadDepth() + " levels deep",
            EventFields.DATA_SUBJECT_ID,
                    "Names a person; refused with privacy_unavailable until personal payloads can be sealed",
            EventFields.OCCURRED_AT, "At most 5 minutes ahead of the server's clock",
            EventFields.SESSION_ID, "Not that in which the product records what is administrative",
            EventFields.ENDED_AT, "Not before occurred_at",
            EventFields.PARENT_EVENT_ID, "Another event");

    private static final String EXAMPLE = """
            {"event_id": "7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77", "event_type": "tool.execute",
             "occurred_at": "2026-01-31T12:00:00.000Z", "session_id": "session-1", "agent_id": "agent-1",
             "trace_id": "trace-1", "tool_name": "web.search", "status": "completed",
             "payload": {"query": "flights to Lisbon"}}""";
    private static final String PLACED = """
            "event_id": "7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77", "global_position": "1769860800123-0", "seq": 1,
             "session_seq": 1, "recorded_at": "2026-01-31T12:00:00.123Z\"""";

    static final Schema EVENT =
            sent().saying("An event as a producer sends it").example(EXAMPLE).named("Event");

    static final Schema ORIGINAL = Schema.fields()
            .with(EventFields.GLOBAL_POSITION, Schema.text())
            .with(EventFields.SEQ, Schema.whole().from(1).to(Original.MAX_NUMBER))
            .with(EventFields.SESSION_SEQ, Schema.whole().from(1).to(Original.MAX_NUMBER))
            .with(EventFields.RECORDED_AT, Schema.time())
            .maybe(
                    EventFields.LEDGER_ID,
                    Schema.uuid().saying("Which ledger that was; with partition and epoch, or none of the three"))
            .maybe(EventFields.PARTITION, Schema.whole().from(0).to(Original.MAX_PARTITION))
            .maybe(EventFields.EPOCH, Schema.whole().from(1).to(Original.MAX_NUMBER))
            .saying("What the ledger that first recorded an imported event had assigned to it; absent for all others,"
                    + " and in live streams. No part of the content")
            .named("Original");

    /** In an event whose person was erased; its payload is null. */
    static final String RECEIPT_OF_ERASURE = "erasure_receipt";

    static final Schema RECORDED = recorded()
            .with(EventFields.GLOBAL_POSITION, POSITION)
            .with(EventFields.SEQ, Schema.whole().saying("Gap-free number in the ledger"))
            .with(EventFields.SESSION_SEQ, Schema.whole().saying("Gap-free number in the session"))
            .with(EventFields.RECORDED_AT, Schema.time())
            .with(EventFields.CONTENT_HASH, Schema.text().saying("SHA-256 over envelope and payload"))
            .maybe(EventFields.ORIGINAL, ORIGINAL)
            .saying("An event as the ledger holds it; searches leave the payload out")
            .example("{" + PLACED + """
                    , "event_type": "tool.execute", "occurred_at": "2026-01-31T12:00:00.000Z",
                     "session_id": "session-1", "agent_id": "agent-1", "trace_id": "trace-1",
                     "payload_ref": "payload:7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77", "tool_name": "web.search",
                     "status": "completed", "schema_version": 1, "payload": {"query": "flights to Lisbon"},
                     "content_hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""")
            .named("RecordedEvent");

    /** What became of an event since it was recorded. */
    static final String STANDING = "standing";

    static final String TIER = "tier";
    static final String INDEXED = "indexed";
    static final String DUPLICATES = "duplicates";
    static final String ANSWERED = "answered";
    static final String SINCE = "since";
    static final String LAST_AT = "last_at";

    private static final String HOT = "hot";
    private static final String COLD = "cold";

    private static final Schema STANDS = Schema.fields()
            .with(
                    TIER,
                    Schema.choice(List.of(HOT, COLD))
                            .saying("hot with an entry in the streams, cold once retention has taken that out"))
            .with(INDEXED, Schema.flag().saying("Whether queries by the index find it; by id it is always found"))
            .with(
                    DUPLICATES,
                    Schema.fields()
                            .with(ANSWERED, Schema.whole())
                            .with(SINCE, Schema.time().saying("From when on that counts"))
                            .with(LAST_AT, Schema.time().orNull())
                            .saying("How often this server has answered that it is there already: a duplicate changes"
                                    + " nothing in the ledger, which keeps no count"))
            .saying("Only with include=standing")
            .named("Standing");

    static final Schema READ = RECORDED.maybe(RECEIPT_OF_ERASURE, ErasureSchemas.RECEIPT)
            .maybe(STANDING, STANDS)
            .saying("An event as the ledger holds it; where its person was erased its payload is null")
            .named("ReadEvent");

    private static final Schema DURABILITY = Schema.choice(Durability.wireNames());

    static final Schema RECEIPT = taken(Schema.fields())
            .with("durability", DURABILITY)
            .example("{" + PLACED + ", \"duplicate\": false, \"durability\": \"fsync\"}")
            .named("Receipt");

    /** The rest of it is as every event is. */
    private static final Schema KEEPING = Schema.object()
            .with(EventFields.ORIGINAL, ORIGINAL)
            .saying("An event that brings what another ledger had assigned, with originals=keep");

    static final Schema BATCH = Schema.fields()
            .with("events", Schema.list(Schema.any(EVENT, KEEPING)).sized(1, EventLog.MAX_BATCH))
            .example("{\"events\": [" + EXAMPLE + "]}")
            .named("Batch");

    private static final Schema BATCH_ERROR =
            refused(Schema.fields().with("index", Schema.whole())).named("BatchError");

    static final Schema BATCH_RESULT = Schema.fields()
            .with("accepted", Schema.whole().saying("Events that are in the ledger now, duplicates included"))
            .with("rejected", Schema.whole())
            .with("duplicates", Schema.whole())
            .with("durability", DURABILITY.orNull().saying("Null when nothing was accepted"))
            .with("results", Schema.list(taken(Schema.fields().with("index", Schema.whole()))))
            .with("errors", Schema.list(BATCH_ERROR))
            .named("BatchResult");

    static final Schema LINE_RESULT = Schema.either(taken(line()).with("durability", DURABILITY), refused(line()))
            .named("LineResult");

    private static final Schema COVERS = Schema.fields()
            .with(PageJson.AFTER_SEQ, Schema.whole())
            .with(PageJson.AFTER_POSITION, POSITION)
            .with(PageJson.RECORDED_AFTER, Schema.time())
            .saying(
                    "Only where older events have left the index: the answer is over those after this one, and complete there")
            .named("Covers");

    static final Schema PRUNED = Schema.fields()
            .with(PageJson.AFTER_SEQ, Schema.whole())
            .with(PageJson.AFTER_POSITION, POSITION)
            .with(PageJson.RECORDED_AFTER, Schema.time())
            .with(PageJson.EVENTS, Schema.whole().saying("How many are gone"))
            .with(PageJson.FIRST_SEQ, Schema.whole().saying("No event of the ledger before this number is there"))
            .saying(
                    "Only where events have been pruned, of the session where one is asked for: nothing is missing of what was"
                            + " recorded after this event")
            .named("PrunedBefore");

    static final Schema EVENT_PAGE = Paging.page("events", RECORDED)
            .with(
                    "meta",
                    Paging.META
                            .with("as_of", POSITION)
                            .with("complete", Schema.flag().saying("Whether it is over all events that the ledger has"))
                            .maybe(PageJson.COVERS, COVERS)
                            .maybe(PageJson.PRUNED_BEFORE, PRUNED))
            .named("EventPage");

    static final Schema ANCESTORS = Schema.fields()
            .with(EventFields.EVENT_ID, Schema.uuid())
            .with("ancestors", Schema.list(RECORDED))
            .with(
                    "meta",
                    Paging.META
                            .with("depth", Schema.whole())
                            .with(
                                    "end",
                                    Schema.choice(Stream.of(Chain.End.values())
                                            .map(Chain.End::wireName)
                                            .toList()))
                            .with("next_event_id", Schema.uuid().orNull()))
            .named("Ancestors");

    static final Schema SESSION = Schema.fields()
            .with(EventFields.SESSION_ID, ValueForm.NAME_SCHEMA)
            .with("first_event_at", Schema.time())
            .with("last_event_at", Schema.time())
            .with("last_event_id", Schema.uuid())
            .with("event_count", Schema.whole().saying("How many there have been"))
            .maybe("pruned_count", Schema.whole().saying("How many of these have been pruned; only where some have"))
            .with("agents", Schema.list(Schema.text()))
            .with(
                    EventFields.STATUS,
                    Schema.choice(EventStatus.wireNames())
                            .orNull()
                            .saying("That of the event that was recorded last, be it a result (tool.result)"))
            .maybe(
                    SessionRemains.LEFT,
                    Schema.fields()
                            .with(SessionRemains.FIRST, Schema.whole().orNull())
                            .with(SessionRemains.LAST, Schema.whole().orNull())
                            .saying(
                                    "Where one session is asked for of which events have been pruned: the first and the last"
                                            + " session_seq that is there; null where none is"))
            .maybe(
                    SessionRemains.SUMMARIES,
                    Schema.list(ProblemSchemas.SUMMARY)
                            .saying("The same: what the graph says of those that are gone, by segment, up to "
                                    + SessionRemains.MAX_SUMMARIES + "; left out where the graph does not answer"))
            .named("Session");

    static final Schema SESSION_PAGE = Schema.fields()
            .with("sessions", Schema.list(SESSION))
            .with("pagination", Paging.PAGINATION)
            .with("meta", Paging.META.maybe(PageJson.COVERS, COVERS))
            .named("SessionPage");

    private EventSchemas() {}

    /** As a producer sends it: null is as good as absent, and either a payload or a reference to it must be there. */
    private static Schema sent() {
        Schema schema = Schema.fields();
        for (EventField field : Envelope.FIELDS) {
            boolean always = field.required() && !field.name().equals(EventFields.PAYLOAD_REF);
            Schema value = field instanceof EventField.Time ? noted(field, ValueForm.TIME_SCHEMA) : of(field);
            if (field.name().equals(EventFields.SESSION_ID)) {
                value = value.set("not", Map.of("const", SessionId.AUDIT.value()));
            }
            schema = always ? schema.with(field.name(), value) : schema.maybe(field.name(), value.orNull());
        }
        return schema.set(
                "anyOf", List.of(given(EventFields.PAYLOAD_REF, "string"), given(EventFields.PAYLOAD, "object")));
    }

    private static Map<String, Object> given(String field, String type) {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("required", List.of(field));
        given.put("properties", Map.of(field, Map.of("type", type)));
        return given;
    }

    /** As the ledger holds it. */
    private static Schema recorded() {
        Schema schema = Schema.fields();
        for (EventField field : Envelope.FIELDS) {
            boolean always = field.required() || field.name().equals(EventFields.SCHEMA_VERSION);
            schema = always ? schema.with(field.name(), of(field)) : schema.maybe(field.name(), of(field));
        }
        return schema;
    }

    private static Schema of(EventField field) {
        return noted(
                field,
                switch (field) {
                    case EventField.Text<?> text ->
                        Schema.text().and(text.form().schema());
                    case EventField.Time ignored -> Schema.time();
                    case EventField.Whole whole -> whole(whole);
                    case EventField.Content ignored -> Schema.object();
                });
    }

    private static Schema noted(EventField field, Schema schema) {
        String note = NOTES.getOrDefault(field.name(), "");
        return note.isEmpty() ? schema : schema.saying(note);
    }

    private static Schema whole(EventField.Whole field) {
        Schema schema = Schema.whole().from(field.min()).to(field.max());
        return field.name().equals(EventFields.SCHEMA_VERSION) ? schema.otherwise(1) : schema;
    }

    private static Schema line() {
        return Schema.fields().with("line", Schema.whole().saying("From 1, blank lines counted"));
    }

    /** An event that is in the ledger. */
    private static Schema taken(Schema begun) {
        return begun.with(EventFields.EVENT_ID, Schema.uuid())
                .with(EventFields.GLOBAL_POSITION, POSITION)
                .with(EventFields.SEQ, Schema.whole())
                .with(EventFields.SESSION_SEQ, Schema.whole())
                .with(EventFields.RECORDED_AT, Schema.time())
                .with("duplicate", Schema.flag());
    }

    /** An event that is not. */
    private static Schema refused(Schema begun) {
        return begun.with(EventFields.EVENT_ID, Schema.text().orNull())
                .with("code", Schema.text())
                .with("errors", Schema.list(ProblemSchemas.FAULT))
                .maybe("stored_content_hash", Schema.text().saying("Of an event_id_conflict"))
                .maybe("offered_content_hash", Schema.text().saying("Of an event_id_conflict"))
                .maybe(
                        Appends.KEY_GENERATION,
                        Schema.whole()
                                .saying("Of a subject_erased: up to which generation the keys of the subject went"))
                .maybe("gone_at", Schema.time().saying("Of an event_gone, as the next three"))
                .maybe("reason", Schema.text().saying("Why it went"))
                .maybe("archive", Schema.text().saying("Where it may be"))
                .maybe(Summary.SUMMARY_ID, Schema.text().saying("What sums it up, where the graph tells"));
    }

    /** The name of the tier that an event is in. */
    static String tier(boolean hasEntry) {
        return hasEntry ? HOT : COLD;
    }
}
