// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.openapi;

import io.contextgraph.access.KeyRole;
import io.contextgraph.event.EventFields;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.contract.Schema;

/** The JSON of refusals, as the contract has it. */
public final class ProblemSchemas {
    /** One thing that is wrong. */
    public static final Schema FAULT = Schema.fields()
            .with(
                    "pointer",
                    Schema.text()
                            .saying("JSON pointer into the body; /<parameter> for a parameter of path or query,"
                                    + " /header/<name> for a header"))
            .with("code", Schema.text())
            .with("message", Schema.text())
            .named("Fault");

    private static final Schema COUNTS = Schema.fields()
            .with("named", Schema.map(Schema.whole()).saying("The most frequent"))
            .with("others", Schema.whole())
            .saying("How often each name came")
            .named("NameCounts");

    private static final Schema FAILING = Schema.fields()
            .maybe("text", Schema.text())
            .with("cut", Schema.flag().saying("Whether there are more causes"))
            .with(
                    "steps",
                    Schema.list(Schema.fields()
                            .with(EventFields.EVENT_ID, Schema.uuid())
                            .with(EventFields.EVENT_TYPE, Schema.text())
                            .maybe(EventFields.TOOL_NAME, Schema.text())
                            .maybe(EventFields.STATUS, Schema.text())))
            .saying("An event that failed, and what led to it")
            .named("FailingChain");

    /** What is left to say of a session's events in one segment. */
    public static final Schema SUMMARY = Schema.fields()
            .with(Summary.SUMMARY_ID, Schema.text().saying("Its node in the graph"))
            .with(EventFields.SESSION_ID, Schema.text())
            .with(Summary.SEGMENT, Schema.text().saying("Of the archive"))
            .with("events", Schema.whole().saying("How many"))
            .with("first_seq", Schema.whole())
            .with("last_seq", Schema.whole())
            .with("first_occurred_at", Schema.time())
            .with("last_occurred_at", Schema.time())
            .with("types", COUNTS)
            .with("tools", COUNTS)
            .with("agents", COUNTS)
            .with("statuses", COUNTS)
            .maybe("first_text", Schema.text().saying("What the first says that is about no person; its beginning"))
            .maybe("last_text", Schema.text())
            .with("failing", Schema.list(FAILING))
            .with("event_ids_sha256", Schema.text())
            .saying("What the graph says of a session's archived events")
            .named("Summary");

    /** An answer that says what is wrong. */
    public static final Schema PROBLEM = Schema.fields()
            .with("type", Schema.text())
            .with("title", Schema.text())
            .with("status", Schema.whole())
            .with("detail", Schema.text())
            .with("code", Schema.text().saying("Stable, for machines"))
            .with("request_id", Schema.text())
            .maybe("errors", Schema.list(FAULT))
            .maybe(EventFields.EVENT_ID, Schema.text())
            .maybe(EventFields.PAYLOAD_REF, Schema.text().saying("Where the payload is"))
            .maybe(EventFields.DATA_SUBJECT_ID, Schema.text().saying("The pseudonym of the person"))
            .maybe(
                    "erased_key_generation",
                    Schema.whole().saying("Up to which generation the person's keys are erased"))
            .maybe("stored_content_hash", Schema.text())
            .maybe("offered_content_hash", Schema.text())
            .maybe("actual_session_seq", Schema.whole())
            .maybe("limit_bytes", Schema.whole())
            .maybe("lag_events", Schema.whole())
            .maybe("as_of", Schema.text().saying("Place in the ledger; rises in commit order, opaque otherwise"))
            .maybe("operation_id", Schema.text().saying("That which runs"))
            .maybe("gone_at", Schema.time())
            .maybe("reason", Schema.text().saying("Why the event went, or why the key does not count"))
            .maybe("required_role", Schema.choice(KeyRole.wireNames()).saying("The role that is lacking"))
            .maybe("archive", Schema.text().saying("Where it may be"))
            .maybe(
                    "summary_id",
                    Schema.text().saying("The node of the graph that sums up its session, where there is one"))
            .maybe("summary", SUMMARY)
            .maybe(
                    "last_common_position",
                    Schema.text()
                            .saying("The last of what was read that the ledger still has: go on behind it; 0-0 where"
                                    + " there is none"))
            .maybe("earliest_position", Schema.text().saying("The first position behind which no event is missing"))
            .maybe("earliest_seq", Schema.whole().saying("The number that stood there"))
            .maybe(EventFields.SEQ, Schema.whole().saying("Number of the event that no checkpoint covers yet"))
            .maybe("sealed", Schema.whole().saying("How many events the newest checkpoint covers"))
            .saying("RFC 9457")
            .example("""
                    {"type": "urn:contextgraph:problem:event_not_found", "title": "Event not found", "status": 404,
                     "detail": "The ledger has never had this event.", "code": "event_not_found",
                     "request_id": "3f0c9b9e-7d5b-4a53-9d0f-6a9f0f6f1c11",
                     "event_id": "7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77"}""")
            .named("Problem");

    private ProblemSchemas() {}
}
