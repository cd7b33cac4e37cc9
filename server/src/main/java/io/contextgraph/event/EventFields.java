// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.List;

/** The names of an event's fields, the same on the wire, in Redis and in the graph. */
public final class EventFields {
    public static final String EVENT_ID = "event_id";
    public static final String EVENT_TYPE = "event_type";
    public static final String OCCURRED_AT = "occurred_at";
    public static final String SESSION_ID = "session_id";
    public static final String AGENT_ID = "agent_id";
    public static final String TRACE_ID = "trace_id";
    public static final String PAYLOAD_REF = "payload_ref";
    public static final String TOOL_NAME = "tool_name";
    public static final String PARENT_EVENT_ID = "parent_event_id";
    public static final String ENDED_AT = "ended_at";
    public static final String STATUS = "status";
    public static final String SCHEMA_VERSION = "schema_version";
    public static final String IMPORTANCE_HINT = "importance_hint";
    public static final String PAYLOAD = "payload";
    public static final String DATA_SUBJECT_ID = "data_subject_id";

    public static final String GLOBAL_POSITION = "global_position";
    public static final String SEQ = "seq";
    public static final String SESSION_SEQ = "session_seq";
    public static final String RECORDED_AT = "recorded_at";
    public static final String CONTENT_HASH = "content_hash";

    /** What the ledger that first recorded an imported event had assigned, see {@link Original}. */
    public static final String ORIGINAL = "original";

    /** The same instant as {@link #OCCURRED_AT}, for machines: milliseconds since 1970. */
    public static final String OCCURRED_AT_EPOCH_MS = "occurred_at_epoch_ms";

    /** The same instant as {@link #ENDED_AT}, as Redis keeps it. */
    public static final String ENDED_AT_EPOCH_MS = "ended_at_epoch_ms";

    /** Which ledger assigned what stands beside it: its id, the part of it, and the epoch in which that was written down. */
    public static final String LEDGER_ID = "ledger_id";

    public static final String PARTITION = "partition";
    public static final String EPOCH = "epoch";

    /** What a producer may send. */
    public static final List<String> OF_PRODUCER =
            Envelope.FIELDS.stream().map(EventField::name).toList();

    /** What an {@link Original} says. */
    public static final List<String> OF_ORIGINAL = List.of(GLOBAL_POSITION, SEQ, SESSION_SEQ, RECORDED_AT);

    /** What it may say besides: which ledger it is of. */
    public static final List<String> OF_LEDGER = List.of(LEDGER_ID, PARTITION, EPOCH);

    /** What only the store may set. */
    public static final List<String> OF_STORE = List.of(
            GLOBAL_POSITION,
            SEQ,
            SESSION_SEQ,
            RECORDED_AT,
            CONTENT_HASH,
            ORIGINAL,
            OCCURRED_AT_EPOCH_MS,
            LEDGER_ID,
            PARTITION,
            EPOCH);

    private EventFields() {}
}
