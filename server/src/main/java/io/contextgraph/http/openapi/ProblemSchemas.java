// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.openapi;

import io.contextgraph.access.KeyRole;
import io.contextgraph.event.EventFields;
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
            .maybe(
                    "last_common_position",
                    Schema.text()
                            .saying("The last of what was read that the ledger still has: go on behind it; 0-0 where"
                                    + " there is none"))
            .maybe("earliest_position", Schema.text().saying("The first position behind which no event is missing"))
            .maybe("earliest_seq", Schema.whole().saying("The number that stood there"))
            .saying("RFC 9457")
            .example("""
                    {"type": "urn:contextgraph:problem:event_not_found", "title": "Event not found", "status": 404,
                     "detail": "The ledger has never had this event.", "code": "event_not_found",
                     "request_id": "3f0c9b9e-7d5b-4a53-9d0f-6a9f0f6f1c11",
                     "event_id": "7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77"}""")
            .named("Problem");

    private ProblemSchemas() {}
}
